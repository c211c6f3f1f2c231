"""The pictures of the pages: a smaller copy of each sweep's figure, or a line that says which is missing."""

from pathlib import Path

import pytest
from PIL import Image

from docs.make import pictures
from nst.sweep.files import sweep_files

METHODS = [name for name, file in sweep_files().items() if file.parent.name == "methods"]


def grid(runs: Path, name: str) -> None:
    path = runs / "sweeps" / f"{name}-quick" / "report" / pictures.FIGURES.get(name, "grid.png")
    path.parent.mkdir(parents=True)
    Image.new("RGB", (3200, 800), "red").save(path)


def test_each_grid_becomes_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in METHODS:
        grid(tmp_path / "runs", name)
    assert pictures.main(["--runs-dir", str(tmp_path / "runs"), "--out", str(tmp_path / "out")]) == 0
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == sorted(METHODS)
    with Image.open(tmp_path / "out" / f"{METHODS[0]}.jpg") as picture:
        assert picture.size == (1600, 400)
    assert len(capsys.readouterr().out.splitlines()) == len(METHODS)


def test_a_missing_grid_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pictures.main(["--runs-dir", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    first = sorted(METHODS)[0]
    assert capsys.readouterr().err.endswith(f"no such figure; python -m nst.run sweep={first} profile=quick makes it\n")


def test_only_those_that_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = ["--runs-dir", str(tmp_path / "runs"), "--out", str(tmp_path / "out")]
    grid(tmp_path / "runs", "mix")
    assert pictures.main(["mix", *folders]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mix.jpg"]
    assert pictures.main(["mixed", *folders]) == 2
    assert capsys.readouterr().err == "error: mixed: no such sweep in sweeps/methods; did you mean 'mix'?\n"
