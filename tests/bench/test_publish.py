"""Rows as CSV, JSON and Markdown, a table put into a page, and the files of a bench."""

import argparse
import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from nst.bench.publish import (
    Caption,
    Column,
    number,
    percent,
    publish,
    put_between,
    spread,
    to_csv,
    to_markdown,
)
from nst.errors import UserError


@dataclass(frozen=True)
class Fruit:
    name: str
    weight: float | None


FRUIT = [Fruit("apple", 123.456789), Fruit("pe|ar", None)]
COLUMNS = [Column("fruit", lambda row: row.name, is_text=True), Column("g", lambda row: number(row.weight))]


def test_csv_has_every_field() -> None:
    found = list(csv.DictReader(io.StringIO(to_csv(FRUIT, Fruit))))
    assert found == [{"name": "apple", "weight": "123.457"}, {"name": "pe|ar", "weight": ""}]
    assert to_csv([], Fruit) == "name,weight\n"


def test_markdown_is_a_caption_and_a_table() -> None:
    lines = to_markdown(FRUIT, COLUMNS, "Fruit.").splitlines()
    assert lines == ["Fruit.", "", "| fruit | g |", "| --- | ---: |", "| apple | 123 |", "| pe/ar | – |"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01234, "0.0123"), (0.1234, "0.123"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12346")],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_a_spread_is_said_where_there_is_one() -> None:
    assert spread(9.0, 8.5, 9.5) == "9.00 (8.50 to 9.50)"
    assert spread(1.0, 1.0, 1.0) == "1.00"
    assert spread(None, None, None) == percent(None) == "–"
    assert percent(0.516) == "52 %"


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n")
    assert put_between(page, "bench", "new\n")
    assert page.read_text() == "a\n<!-- bench -->\nnew\n<!-- /bench -->\nb\n"
    assert not put_between(page, "other", "new")
    assert not put_between(tmp_path / "none.md", "bench", "new")
    assert not (tmp_path / "none.md").exists()


def test_files_are_named_after_the_device_and_the_page_gets_the_table(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- bench -->\n<!-- /bench -->")
    options = argparse.Namespace(out=tmp_path / "out", json=tmp_path / "rows.json", page=page)
    shown = publish(FRUIT[:1], Fruit, COLUMNS, "Here.", "chip", "bench", options)
    assert shown.startswith("Here.\n") and shown.endswith("chip.md")
    assert (tmp_path / "out/chip.csv").read_text() == "name,weight\napple,123.457\n"
    assert (tmp_path / "out/chip.md").read_text().endswith("| apple | 123 |\n")
    assert json.loads(options.json.read_text()) == [{"name": "apple", "weight": 123.456789}]
    assert "| apple | 123 |" in page.read_text()
    publish(FRUIT[:1], Fruit, COLUMNS, "Here.", "chip", "bench", options, for_page="Less.")
    assert page.read_text() == "<!-- bench -->\nLess.\n<!-- /bench -->"


def test_the_caption_says_where_and_when() -> None:
    caption = Caption("cpu", "A Chip (R) 2", 2)
    assert caption.stem == "a-chip-r-2" and Caption("cpu", "Xeon(R) @ 2.0GHz", 2).stem == "xeon-r-2-0ghz"
    what, where = caption.text("What.").split("\n\n")
    assert what == "What." and where.startswith("A Chip (R) 2, 2 threads, torch ")
    with pytest.raises(UserError, match="threads=some"):
        Caption.of("cpu", "some")
