"""HEIC is read where `pillow-heif` is installed; elsewhere a line says how to install it."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nst.errors import UserError
from nst.pictures.find import PictureFile, file_hash
from nst.pictures.folders import listing
from nst.pictures.formats.frames import frames_remark
from nst.pictures.formats.heic import opened
from nst.pictures.read import read
from pictures.test_read import complaint, sample, written

from .profiles import SRGB_BLUE, SRGB_GREEN, SRGB_RED, matrix_profile

HEAD = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def saved(path: Path, *images: Image.Image, **options: object) -> Path:
    """A file as `pillow-heif` writes it, the first picture the main one."""
    heif = pytest.importorskip("pillow_heif")
    file = heif.HeifFile()
    for image in images:
        file.add_from_pillow(image)
    file.save(path, quality=95, **options)
    return path


def distance(found: Image.Image, expected: Image.Image) -> float:
    return float(np.abs(np.asarray(found).astype(int) - np.asarray(expected)).mean())


def test_without_the_extra_a_line_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pillow_heif", "pillow_heif.as_plugin"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it could not be imported
    path = written(tmp_path / "IMG_1.HEIC", HEAD)
    assert complaint(path).endswith(": it is HEIC: pip install pillow-heif, or convert it to JPEG or PNG first")
    assert opened(HEAD, lambda _: None) is None
    assert frames_remark(PictureFile(str(path), file_hash(path))) is None


def test_a_picture_is_read_in_its_colours(tmp_path: Path) -> None:
    picture = read(saved(tmp_path / "a.heic", sample()))
    assert (type(picture), picture.mode, picture.size) == (Image.Image, "RGB", (48, 32))
    assert distance(picture, sample()) < 3
    assert "HEIF" not in Image.OPEN  # Pillow is as it was


def test_it_stands_upright(tmp_path: Path) -> None:
    """Orientation 6 says that the top of the picture is on the right of what is stored, so it is turned clockwise."""
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = read(saved(tmp_path / "a.heic", sample(), exif=exif.tobytes()))
    assert picture.size == (32, 48) and distance(picture, sample().transpose(Image.Transpose.ROTATE_270)) < 3


def test_a_profile_is_converted(tmp_path: Path) -> None:
    """Red and green are exchanged in the profile's primaries, and so in sRGB."""
    red_there = Image.new("RGB", (48, 32), (220, 30, 30))
    red_there.info["icc_profile"] = matrix_profile(SRGB_GREEN, SRGB_RED, SRGB_BLUE, gamma=2.2)
    red, green, blue = read(saved(tmp_path / "a.heic", red_there)).resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert green > 200 and red < 60 and blue < 60


def test_the_main_picture_of_several_is_taken_and_said(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.heic", sample(), Image.new("RGB", (64, 64)))
    assert read(path).size == (48, 32)
    remark = frames_remark(PictureFile(str(path), file_hash(path)))
    assert remark == "a.heic has 2 pictures; the main one is taken"


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pillow_heif")
    whole = saved(tmp_path / "a.heic", sample()).read_bytes()
    for data in (HEAD, whole[: len(whole) // 2]):
        with pytest.raises(UserError, match="^cannot read the picture"):
            read(written(tmp_path / "b.heic", data))


def test_a_jpeg_of_the_same_name_comes_first(tmp_path: Path) -> None:
    """Phones save both; the name alone means the one that is always read."""
    for name in ("one.heic", "one.jpg", "two.HEIC"):
        (tmp_path / name).touch()
    here = listing([tmp_path])
    assert [path.name for name in ("one", "two", "one.heic") for path in here.matches(name)] == [
        "one.jpg",
        "two.HEIC",
        "one.heic",
    ]
