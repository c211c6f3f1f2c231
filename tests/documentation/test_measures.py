"""The page on measures and the table of them say the same."""

import re

from documentation.shown import ROOT
from nst.metrics.table import MEASURES, Measure

PAGE = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")


def rows(after: str) -> list[str]:
    """The rows of the tables below a heading."""
    section = re.split(r"^## ", PAGE.partition(f"## {after}")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


def names(row: str) -> list[str]:
    return re.findall(r"`(\w+)`", row.split("|")[1])


def section_of(one: Measure) -> str:
    return (
        {"content": "To the content", "style": "To the style"}.get(one.of or "", "") if one.better else "Of the picture"
    )


def test_every_measure_is_defined_where_it_belongs() -> None:
    for heading in ("To the content", "To the style", "Of the picture"):
        told = [name for row in rows(heading) for name in names(row)]
        assert sorted(told) == sorted(one.name for one in MEASURES if section_of(one) == heading)


def test_whose_own_each_is() -> None:
    told = {name: row.split("|")[2] for row in rows("Which losses minimise") for name in names(row)}
    assert told.keys() == {one.name for one in MEASURES}
    for one in MEASURES:
        if one.own:
            assert set(re.findall(r"`(\w+)`", told[one.name])) == set(one.own)
