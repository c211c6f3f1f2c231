"""The table of a trade-off, its files, and `nst.tradeoff`."""

from pathlib import Path

import pandas as pd
import pytest

import nst
from nst.errors import UserError
from nst.report.stats.tradeoff.sheet import FILES, table, tidy, trade_off, write

from .frames import PAIRS, frame, line, rows

FORMATS = ("csv", "md", "tex")


def runs() -> pd.DataFrame:
    return frame(rows("sliced", line()), rows("cmd", line(0.1)))


def test_a_row_per_comparison() -> None:
    found = trade_off(runs())
    assert found is not None
    first = tidy(found).iloc[0].to_dict()
    assert (first["content_kept"], first["style_met"]) == ("content_fidelity", "global_effects")
    assert (first["first"], first["second"], first["leader"], first["verdict"]) == ("cmd", "sliced", "cmd", "cmd")
    assert (first["n"], first["unit"], first["wins"], first["apart"]) == (6, "pairs", 6, 0)
    assert first["difference"] == pytest.approx(0.1005) and first["p"] < 1e-6
    assert table(found).rows[0] == (
        *("CF", "GE (higher is better)", "cmd − sliced", "for cmd", "cmd in 6 of 6 pairs"),
        *("6", "0.1005 ± 0.0020", "100 %"),
    )


def test_a_method_of_numbers_and_nothing_in_common() -> None:
    found = trade_off(frame(rows("sliced", line()), rows("cmd", line(shift=-1))))
    assert found is not None
    assert table(found).rows[0][3:] == ("undecided", "–", "0", "–", "none")
    assert pd.isna(tidy(found)["difference"]).all() and tidy(found)["leader"].isna().all()


def test_files_come_and_go(tmp_path: Path) -> None:
    found = trade_off(runs())
    write(found, tmp_path, FORMATS)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert len(pd.read_csv(tmp_path / "tradeoff.csv")) == 4
    assert r"\pm" in (tmp_path / "tradeoff.tex").read_text() and "| for cmd |" in (tmp_path / "tradeoff.md").read_text()
    write(None, tmp_path, ("csv",))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tradeoff.md", "tradeoff.tex"]


def test_from_python() -> None:
    found = nst.tradeoff(runs())
    assert len(found) == 4 and set(found["verdict"]) == {"cmd"}
    with pytest.raises(UserError, match="^nst.tradeoff: needs measured runs"):
        nst.tradeoff(frame(rows("sliced", line())))
    with pytest.raises(UserError, match="does not say which of its columns are keys"):
        nst.tradeoff(pd.DataFrame(rows("sliced", line())))


def test_nothing_without_runs_that_are_done() -> None:
    assert trade_off(frame(rows("sliced", line(), PAIRS[:1]), rows("cmd", line())).assign(state="pending")) is None
