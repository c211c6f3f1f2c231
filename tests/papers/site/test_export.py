"""The page's numbers as text."""

import math

import pandas as pd
import pytest
from report.conftest import Store

from nst.papers.site.chosen import program
from nst.papers.site.export import COLUMNS
from nst.papers.site.site import build
from nst.site.arguments import Asked
from papers.conftest import Give, claim, fill, paper

pytestmark = pytest.mark.usefixtures("undrawn")


def made(store: Store, give: Give, *overrides: str) -> Asked:
    """One claim with runs, one without; `overrides` are those of the command."""
    papers = give(paper("gatys2016", claim(), claim("lost", sweep="lost", known="memory", words="A | b <i> *c*")))
    fill(store)
    asked = Asked(program(papers), overrides, store.root)
    build(asked)
    return asked


def test_a_row_for_each_finding(store: Store, give: Give) -> None:
    frame = pd.read_csv(made(store, give).site / "papers.csv")
    assert tuple(frame.columns) == COLUMNS
    first, second = frame.to_dict("records")
    assert (first["paper"], first["claim"], first["verdict"], first["n"]) == ("gatys2016", "pooling", "holds", 6)
    assert first["low"] < first["effect"] < first["high"] < first["pilot_effect"] and first["pilot_n"] == 2
    assert (second["verdict"], second["n"], second["known"]) == ("not tested", 0, "memory")
    assert math.isnan(second["effect"])


def test_as_markdown(store: Store, give: Give) -> None:
    text = (made(store, give).site / "papers.md").read_text(encoding="utf-8")
    assert text.startswith("## Gatys 2016\n\nGatys (2016). A Title. CVPR. <https://example.org/paper>\n")
    assert "**Holds.** Appeal is not measured" in text and "| holds | 1.5" in text
    assert "### A \\| b &lt;i> \\*c\\*" in text and "recalled, not verified" in text
    assert "**Not tested.** `python -m nst.run sweep=lost` makes the runs." in text


def test_a_command_with_backticks_is_code(store: Store, give: Give) -> None:
    text = (made(store, give, "content=a`b.png").site / "papers.md").read_text(encoding="utf-8")
    assert "**Not tested.** `` python -m nst.run sweep=lost 'content=a`b.png' `` makes the runs." in text
