"""Where the rows of a bench end up."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from nst.bench.publish import Caption, publish
from nst.bench.table import Column
from nst.errors import UserError


@dataclass(frozen=True)
class Row:
    engine: str


def test_files_are_named_after_the_device_and_the_readme_gets_the_table(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("<!-- bench -->\n<!-- /bench -->")
    options = argparse.Namespace(out=tmp_path / "out", json=tmp_path / "rows.json", readme=readme)
    columns = [Column("engine", lambda row: row.engine, is_text=True)]
    shown = publish([Row("nst")], Row, columns, "Here.", "chip", "bench", options)
    assert shown.startswith("Here.\n") and shown.endswith("chip.md")
    assert (tmp_path / "out/chip.csv").read_text() == "engine\nnst\n"
    assert (tmp_path / "out/chip.md").read_text().endswith("| nst |\n")
    assert json.loads(options.json.read_text()) == [{"engine": "nst"}]
    assert "| nst |" in readme.read_text()


def test_the_caption_says_where_and_when() -> None:
    caption = Caption("cpu", "A Chip (R) 2", 2)
    assert caption.stem == "a-chip-r-2"
    what, where = caption.text("What.").split("\n\n")
    assert what == "What." and where.startswith("A Chip (R) 2, 2 threads, torch ")
    with pytest.raises(UserError, match="threads=some"):
        Caption.of("cpu", "some")
