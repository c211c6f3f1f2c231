"""Pictures in memory, as files of the cache."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from nst.errors import UserError
from nst.face.pictures import as_path
from nst.pictures.read import read
from nst.pictures.tensors import to_image, to_tensor

LEVELS = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3) * 14
PICTURE = Image.fromarray(LEVELS)
FORMS = {
    "Pillow": PICTURE,
    "uint8": LEVELS,
    "float32": LEVELS.astype(np.float32) / 255,
    "float64": LEVELS / 255,
    "strided": np.asfortranarray(LEVELS),
    "tensor": to_tensor(PICTURE),
    "tensor of three dimensions": torch.from_numpy(LEVELS).permute(2, 0, 1),
}


@pytest.mark.parametrize("form", FORMS)
def test_equal_pixels_are_one_file(form: str, here: Path) -> None:
    path = as_path("content", FORMS[form])
    assert path == as_path("style", LEVELS) and path.parent == here / "cache" / "nst" / "pictures"
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == b"P6\n3 2\n255\n" + LEVELS.tobytes()
    assert np.array_equal(np.asarray(read(path)), LEVELS)


def test_floats_are_rounded_as_results_are() -> None:
    picture = torch.rand((1, 3, 5, 4), generator=torch.Generator().manual_seed(0))
    assert read(as_path("content", picture)).tobytes() == to_image(picture).tobytes()
    assert as_path("content", picture) != as_path("content", 1 - picture)


def test_a_grey_picture_and_a_mask() -> None:
    grey = LEVELS[..., 0]
    expected = as_path("content", np.stack([grey] * 3, axis=2))
    assert as_path("content", grey) == expected == as_path("content", torch.from_numpy(grey)[None, None])
    assert as_path("content", grey > 100) == as_path("content", np.where(grey > 100, 1.0, 0.0))


def test_half_precision_is_read() -> None:
    assert as_path("content", torch.ones(1, 3, 2, 2).bfloat16()) == as_path(
        "content", np.full((2, 2, 3), 255, np.uint8)
    )


def test_transparent_parts_are_white_and_a_turned_photo_is_upright(here: Path) -> None:
    clear = Image.new("RGBA", (2, 1), (9, 9, 9, 0))
    assert np.asarray(read(as_path("content", clear))).min() == 255
    exif = Image.Exif()
    exif[274] = 6
    PICTURE.save(here / "turned.png", exif=exif)
    with Image.open(here / "turned.png") as turned:
        assert read(as_path("content", turned)).tobytes() == read(here / "turned.png").tobytes()


def test_a_damaged_file_is_written_again() -> None:
    path = as_path("content", LEVELS)
    path.write_bytes(b"P6\n")
    assert np.array_equal(np.asarray(read(as_path("content", LEVELS))), LEVELS)


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (np.zeros(4), r"an array of shape \(4,\) is not a picture; expected \(H, W, 3\) or \(H, W\)"),
        (np.zeros((4, 4, 2)), r"an array of shape \(4, 4, 2\) is not a picture"),
        (np.zeros((0, 4, 3)), r"an array of shape \(0, 4, 3\) is not a picture"),
        (np.zeros((4, 4, 3), np.int32), "an array of int32 is not a picture"),
        (np.full((4, 4, 3), 255.0), "has values from 255 to 255; floats of a picture are from 0 to 1"),
        (np.full((4, 4, 3), np.nan), "has values from nan to nan"),
        (torch.zeros(2, 3, 4, 4), r"a tensor of shape \(2, 3, 4, 4\) is not a picture; expected \(1, 3, H, W\)"),
        (torch.zeros(4, 4, 3), r"a tensor of shape \(4, 4, 3\) is not a picture"),
    ],
)
def test_what_is_no_picture(picture: Any, said: str) -> None:
    with pytest.raises(UserError, match=f"^content: {said}"):
        as_path("content", picture)


def test_a_cache_that_cannot_be_written(here: Path) -> None:
    (here / "cache").write_text("a file")
    with pytest.raises(UserError, match="^style: the picture cannot be stored in "):
        as_path("style", LEVELS)
