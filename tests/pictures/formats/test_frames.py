"""Of a file with several frames or pages the first is read, and a line says so."""

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from nst.pictures.find import PictureFile, file_hash
from nst.pictures.formats.frames import frames_remark
from nst.pictures.read import read
from pictures.test_read import written


def remark(path: Path) -> str | None:
    return frames_remark(PictureFile(str(path), file_hash(path)))


def animation(kind: str, count: int) -> bytes:
    frames = [Image.new("RGB", (24, 16), (90 * number, 10, 10)) for number in range(count)]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "word"), [("GIF", "frames"), ("PNG", "frames"), ("WEBP", "frames"), ("TIFF", "pages")]
)
def test_the_first_is_read_and_said(kind: str, word: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.picture", animation(kind, 3))
    assert remark(path) == f"a.picture has 3 {word}; the first is taken"
    red, _, _ = read(path).getpixel((0, 0))  # type: ignore[misc]
    assert red < 20
    assert remark(written(tmp_path / "one.picture", animation(kind, 1))) is None


def test_a_smaller_copy_is_no_page(tmp_path: Path) -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for side, kind in ((32, 0), (16, 1)):  # 1: a reduced version of another page
            writer.write(np.zeros((side, side), np.uint8), subfiletype=kind)
    assert remark(written(tmp_path / "a.tif", file.getvalue())) is None


def test_the_second_picture_of_a_phone_is_not_mentioned(tmp_path: Path) -> None:
    assert remark(written(tmp_path / "a.jpg", animation("MPO", 2))) is None


def test_a_broken_file_is_left_to_its_reader(tmp_path: Path) -> None:
    assert remark(written(tmp_path / "a.gif", b"GIF89a")) is None
