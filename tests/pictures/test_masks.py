"""Masks: drawn at any shape, read and resized, joined and inverted."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nst.pictures.find import Mask, PictureFile, file_hash
from nst.pictures.masks import files, has_aspect, mask_image


def levels(mask: Mask, height: int, width: int) -> list[list[int]]:
    return np.asarray(mask_image(mask, height, width)).tolist()


def saved(path: Path, rows: list[list[int]]) -> PictureFile:
    Image.fromarray(np.array(rows, dtype=np.uint8)).save(path)
    return PictureFile(str(path), file_hash(path))


def test_halves_share_all_lines_between_them() -> None:
    """The middle one of three is left, or top."""
    assert levels(Mask(("left",)), 2, 3) == [[255, 255, 0], [255, 255, 0]]
    assert levels(Mask(("right",)), 2, 3) == [[0, 0, 255], [0, 0, 255]]
    assert levels(Mask(("top",)), 3, 2) == [[255, 255], [255, 255], [0, 0]]
    assert levels(Mask(("bottom",)), 3, 2) == [[0, 0], [0, 0], [255, 255]]


def test_an_ellipse_touches_all_borders() -> None:
    found = np.asarray(mask_image(Mask(("ellipse",)), 40, 60))
    assert found[20, [0, 59]].all() and found[[0, 39], 30].all() and not found[0, 0]
    assert (found == 255).mean() == pytest.approx(np.pi / 4, abs=0.01)


def test_parts_add_up_to_white_and_the_rest_is_what_is_left() -> None:
    rest = Mask(("left", Mask(("top",))), inverted=True)
    assert levels(Mask(("left", "top")), 2, 4) == [[255] * 4, [255, 255, 0, 0]]
    assert levels(rest, 2, 4) == [[0] * 4, [0, 0, 255, 255]]


def test_a_file_is_resized_by_averages(tmp_path: Path) -> None:
    """A half of four pixels made two is a half, with no value below black or above white; a grey one stays grey."""
    half = saved(tmp_path / "half.png", [[255, 255, 0, 0]] * 4)
    (left, right), _ = levels(Mask((half,)), 2, 2)
    assert left > 200 and right < 55 and left + right == 255
    grey = saved(tmp_path / "grey.png", [[100] * 7] * 5)
    assert levels(Mask((grey,)), 3, 4) == [[100] * 4] * 3
    assert list(files(Mask(("left", Mask((half,)), grey)))) == [half, grey]


def test_a_file_of_the_right_size_is_as_it_is(tmp_path: Path) -> None:
    rows = [[0, 1, 254], [255, 7, 128]]
    assert levels(Mask((saved(tmp_path / "mask.png", rows),)), 2, 3) == rows


def test_an_aspect_is_the_same_up_to_a_pixel() -> None:
    """451 x 300 halved is 225.5 x 150."""
    assert has_aspect((451, 300), (225, 150)) and has_aspect((226, 150), (451, 300))
    assert has_aspect((4, 3), (400, 300)) and has_aspect((30, 30), (512, 512))
    assert not has_aspect((451, 300), (300, 451)) and not has_aspect((451, 300), (220, 150))
