"""Pictures as WebP and MP4."""

import sys
from pathlib import Path

import numpy as np
import pytest

from nst.report.animation import files


def test_video(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    pictures = [np.full((32, 48, 3), grey, np.uint8) for grey in (250, 120, 10)]
    files.write(pictures, tmp_path / "a.webp")
    with av.open(str(tmp_path / "a.mp4")) as file:
        frames = [picture.to_ndarray(format="rgb24") for picture in file.decode(video=0)]
    assert frames[0].shape == (32, 48, 3) and len(frames) == 3 + 1500 // 250
    assert [abs(int(frame[16, 24, 0]) - grey) < 8 for frame, grey in zip(frames, (250, 120, 10), strict=False)] == [
        True
    ] * 3


def test_without_pyav(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    (tmp_path / "a.mp4").touch()
    files.write([np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 255, np.uint8)], tmp_path / "a.webp")
    assert [path.name for path in tmp_path.iterdir()] == ["a.webp"]
