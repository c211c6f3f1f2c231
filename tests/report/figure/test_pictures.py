"""Pixels as they are drawn."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nst.report.figure import pictures
from report.conftest import paint


def test_enlarged_pixels_stay_squares(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.array([[[255, 0, 0], [0, 0, 255]]], dtype=np.uint8)).save(path)
    found = pictures.pixels(path, (0, 0, 2, 1), (6, 3))
    assert found is not None and found.shape == (3, 6, 3)
    assert {tuple(pixel) for pixel in found.reshape(-1, 3).tolist()} == {(255, 0, 0), (0, 0, 255)}


def test_transparent_is_white(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (2, 2), (0, 0, 0, 0)).save(path)
    found = pictures.pixels(path, (0, 0, 2, 2), (2, 2))
    assert found is not None and found.min() == 255


def test_a_broken_file_is_no_picture(tmp_path: Path) -> None:
    whole, broken = paint(tmp_path / "a.png"), tmp_path / "b.png"
    broken.write_bytes(whole.read_bytes()[:200])
    text = tmp_path / "c.png"
    text.write_text("no picture")
    assert pictures.sizes([whole, text, tmp_path / "d.png"]) == {whole: (64, 64)}
    assert pictures.pixels(broken, (0, 0, 64, 64), (64, 64)) is None


def test_without_threads_pictures_are_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(pictures.ThreadPoolExecutor, "submit", refuse)
    assert pictures.side_by_side(len, ["a", "bc", ""]) == [1, 2, 0]
