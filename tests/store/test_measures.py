"""`measures.json`: read only if it is of these definitions, these weights and this picture."""

import json
from pathlib import Path
from typing import Any

import pytest

from nst.metrics.table import RULER, VERSION
from nst.store.measures import read_measures, seconds_measuring, write_measures

VALUES = {"content_fidelity": 0.5, "stroke_scale_px": None}
METRICS: dict[str, Any] = {"evaluations": 3, "files": {"image.png": {"bytes": 9, "sha256": "abc"}}}


def changed(folder: Path, **values: Any) -> None:
    path = folder / "measures.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_measures(tmp_path, "abc", 1.25, VALUES)
    assert read_measures(tmp_path, METRICS) == VALUES
    assert read_measures(tmp_path, {"evaluations": 3}) == VALUES  # of before files were listed
    assert seconds_measuring(tmp_path) == 1.25
    data = json.loads((tmp_path / "measures.json").read_text())
    assert (data["version"], data["ruler"], data["picture_sha256"]) == (VERSION, RULER, "abc")


@pytest.mark.parametrize("other", [{"version": VERSION + 1}, {"ruler": "0" * 64}, {"picture_sha256": "abd"}])
def test_of_another_definition_or_picture_they_do_not_count(tmp_path: Path, other: dict[str, Any]) -> None:
    write_measures(tmp_path, "abc", 1, VALUES)
    changed(tmp_path, **other)
    assert read_measures(tmp_path, METRICS) is None


def test_there_are_none_of_a_run_that_is_not_done(tmp_path: Path) -> None:
    assert read_measures(tmp_path, METRICS) is None and seconds_measuring(tmp_path) is None
    write_measures(tmp_path, "abc", 1, VALUES)
    assert read_measures(tmp_path, None) is None


def test_what_is_damaged_does_not_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_measures(tmp_path, "abc", 1, VALUES)
    changed(tmp_path, content_fidelity="high", version="one")
    assert read_measures(tmp_path, METRICS) is None
    write_measures(tmp_path, "abc", 1, VALUES)
    changed(tmp_path, content_fidelity="high", unknown=3)
    assert read_measures(tmp_path, METRICS) == {"content_fidelity": None, "stroke_scale_px": None}
    (tmp_path / "measures.json").write_text('{"version": 1')
    assert read_measures(tmp_path, METRICS) is None and seconds_measuring(tmp_path) is None
    assert capsys.readouterr().err.count("damaged: ") == 1  # a file is told once
