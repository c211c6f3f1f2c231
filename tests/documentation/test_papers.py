"""The verdicts on the page of papers come from the stored table, and the page is as the command writes it."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from docs.make import papers

ROOT = Path(papers.__file__).parents[2]
FOUND = {
    **{"paper": "gatys2016", "claim": "pooling", "words": "Average | max.", "known": "memory", "unit": None},
    **{"statistic": "Detail (luma), a ratio. Holds above 1.1.", "verdict": "holds", "effect": 1.234, "low": 1.2},
    **{"high": 1.3, "n": 6},
}


def test_the_page_is_as_the_command_writes_it(tmp_path: Path) -> None:
    page = shutil.copy(ROOT / "docs" / "papers.md", tmp_path)
    assert papers.main(["--page", str(page), "--results", str(ROOT / "benchmarks" / "papers.csv")]) == 0
    assert Path(page).read_text() == (ROOT / "docs" / "papers.md").read_text()


def test_a_row_for_each_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = FOUND | {"verdict": "undecided", "effect": None, "low": None, "high": None, "n": 0}
    pd.DataFrame([FOUND, unknown]).to_csv(tmp_path / "new.csv", index=False)
    page = tmp_path / "page.md"
    page.write_text("A\n<!-- verdicts -->\nold\n<!-- /verdicts -->\nB\n")
    asked = [str(tmp_path / "new.csv"), "--results", str(tmp_path / "kept.csv"), "--page", str(page)]
    assert papers.main(asked) == 0
    lines = page.read_text().splitlines()
    assert lines[2] == "1 claims with 2 findings: 1 holds, 1 undecided."
    assert lines[6] == (
        r"| Gatys et al. 2016 | Average \| max. (recalled, not verified) | Detail | holds | 1.23 | 1.2 to 1.3 | 6 |"
    )
    assert lines[7] == "|  |  | Detail | undecided |  |  | 0 |" and lines[-1] == "B"


def test_a_mistake_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / "page.md").write_text("no place\n")
    results = ["--results", str(tmp_path / "kept.csv"), "--page", str(tmp_path / "page.md")]
    assert papers.main([str(tmp_path / "other.csv"), *results]) == 2
    assert "other.csv: is no table of verdicts" in capsys.readouterr().err
    assert papers.main(results) == 2
    assert "page.md: has no place for verdicts" in capsys.readouterr().err
