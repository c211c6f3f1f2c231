"""The bench runs on tiny pictures; nothing here depends on how fast it is."""

from pathlib import Path

import pytest

from nst.bench import __main__ as bench
from nst.bench.__main__ import Row


def test_the_table_says_size_engine_and_ratio() -> None:
    text = bench.table([Row("nst bf16", 512, 123.4, 9.876)], "a device")
    assert "| 512 | nst bf16 | 123 | 9.88 |" in text
    assert text.startswith("a device; ")


def test_every_engine_gets_a_row_and_the_plain_loop_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench.main(["--sizes", "32", "--evaluations", "2", "--rounds", "1", "--out", str(tmp_path)])
    (file,) = tmp_path.glob("*.md")
    text = file.read_text()
    assert [f"| 32 | {engine} |" in text for engine in ("plain loop", "nst fp32", "nst bf16")] == [True] * 3
    assert text.splitlines()[4].endswith("| 1.00 |")
    assert str(file) in capsys.readouterr().out
