"""Rows as CSV, JSON and Markdown, and a table put into a page."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from nst.bench import table
from nst.bench.table import Column


@dataclass(frozen=True)
class Fruit:
    name: str
    weight: float | None


FRUIT = [Fruit("apple", 123.456789), Fruit("pe|ar", None)]
COLUMNS = [Column("fruit", lambda row: row.name, is_text=True), Column("g", lambda row: table.number(row.weight))]


def test_csv_has_every_field_and_json_every_digit() -> None:
    found = list(csv.DictReader(io.StringIO(table.to_csv(FRUIT, Fruit))))
    assert found == [{"name": "apple", "weight": "123.457"}, {"name": "pe|ar", "weight": ""}]
    assert json.loads(table.to_json(FRUIT))[0] == {"name": "apple", "weight": 123.456789}
    assert table.to_csv([], Fruit) == "name,weight\n"


def test_markdown_is_a_caption_and_a_table() -> None:
    lines = table.to_markdown(FRUIT, COLUMNS, "Fruit.").splitlines()
    assert lines == ["Fruit.", "", "| fruit | g |", "| --- | ---: |", "| apple | 123 |", "| pe/ar | – |"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01234, "0.0123"), (0.1234, "0.123"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12346")],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert table.number(value) == text


def test_a_spread_is_said_where_there_is_one() -> None:
    assert table.spread(9.0, 8.5, 9.5) == "9.00 (8.50 to 9.50)"
    assert table.spread(1.0, 1.0, 1.0) == "1.00"
    assert table.spread(None, None, None) == table.percent(None) == "–"
    assert table.percent(0.516) == "52 %"


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n")
    assert table.put_between(page, "bench", "new\n")
    assert page.read_text() == "a\n<!-- bench -->\nnew\n<!-- /bench -->\nb\n"
    assert not table.put_between(page, "other", "new")
    assert not table.put_between(tmp_path / "none.md", "bench", "new")
    assert not (tmp_path / "none.md").exists()


def test_a_device_gives_a_file_name() -> None:
    assert table.file_stem("Intel(R) Xeon(R) @ 2.0GHz") == "intel-r-xeon-r-2-0ghz"
