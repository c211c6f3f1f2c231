"""The command as a user types it."""

from pathlib import Path

import pytest
from report.conftest import Store
from sweep.command import TINY, new_process

from nst.papers.__main__ import main

from .conftest import Give, paper

ONE_PAIR = ("content=wally", "style=picasso", "style_layer_weights=null")
"""Eight times the same pair: two distinct runs; the five weights of the preset do not fit the layers of `TINY`."""


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "--site-only" in out and "--list" in out and len(out.splitlines()) <= 24


def test_the_list(give: Give, capsys: pytest.CaptureFixture[str]) -> None:
    give(paper(), paper("heitz2021", authors="Heitz", year=2021))
    assert main(["--list", "heitz2021"]) == 0
    assert capsys.readouterr().out == (
        "heitz2021: Heitz (2021). A Title. CVPR.\n  - About pooling. (sweep=gatys2016_pooling)\n"
    )


@pytest.mark.usefixtures("undrawn")
def test_the_page_alone(store: Store, give: Give, capsys: pytest.CaptureFixture[str]) -> None:
    give(paper())
    assert main(["--site-only", f"runs_dir={store.root}"]) == 0
    assert capsys.readouterr().err == f"papers: {store.root}/papers/index.html\n"


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("heitz2012", "heitz2012: no such paper; did you mean 'heitz2021'?"),
        ("--lits", "--lits: unknown; did you mean '--list'?"),
        ("sweep=sizes", "sweep=sizes: the papers run their own sweeps; for one: python -m nst.run sweep=NAME"),
        ("+name=x", "+name=x: every sweep of the papers has a folder of its own"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_started(
    argument: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([argument, f"runs_dir={tmp_path}"]) == 2
    assert capsys.readouterr().err == f"error: {said}\n" and not list(tmp_path.iterdir())


@pytest.mark.slow
def test_one_paper_really(tmp_path: Path, give: Give, capfd: pytest.CaptureFixture[str]) -> None:
    """First only told, then made in a process of its own; the second time, nothing is left to do."""
    give(paper())
    said = []
    for extra in (["plan=true"], [], []):
        with new_process():
            assert main(["gatys2016", "profile=quick", *TINY, *ONE_PAIR, f"runs_dir={tmp_path}", *extra]) == 0
        said.append(capfd.readouterr().err)
        assert (tmp_path / "papers" / "index.html").exists() == (not extra)
    assert said[0].splitlines()[-1].split()[:3] == ["all", "16", "2"]
    assert said[1].endswith(f"papers: {tmp_path}/papers/index.html\n")
    assert said[2].count("nothing to do") == 1
