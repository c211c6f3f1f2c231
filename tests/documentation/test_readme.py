"""README fits a page, and the numbers in it are those of the tables that `make bench` writes."""

import re

import pandas as pd
import pytest

from documentation.shown import ROOT
from nst.bench.__main__ import summary
from nst.bench.publish import Caption
from nst.bench.rounds import Row

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES, WORDS = 112, 900


def test_it_fits_a_page() -> None:
    assert len(README.splitlines()) <= LINES and len(README.split()) <= WORDS


def test_it_shows_two_commands_and_python_before_anything_else() -> None:
    first, second = re.findall(r"^```(\w+)$", README, re.MULTILINE)[:2]
    assert (first, second) == ("sh", "python") and "make demo" in README and "make test" in README


@pytest.mark.parametrize("page", ["README.md", "docs/performance.md"])
def test_its_speeds_are_those_of_the_tables(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    shown = re.search(r"<!-- bench -->\n(.*?)\n<!-- /bench -->", text, re.DOTALL)[1]  # type: ignore[index]
    where = re.search(r"(?:^|\. )((\S[^.\n]*), \d+ threads, torch .+\.)$", shown, re.MULTILINE)
    assert where
    stem = Caption("", where[2], 0).stem
    if page == "README.md":
        rows = pd.read_csv(ROOT / "benchmarks" / f"{stem}.csv").astype(object)
        expected = summary([Row(**row) for row in rows.where(rows.notna(), None).to_dict("records")], where[1])
    else:
        expected = (ROOT / "benchmarks" / f"{stem}.md").read_text(encoding="utf-8")
    assert shown == expected.strip()
