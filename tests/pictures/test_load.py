from pathlib import Path

import pytest
from PIL import Image

from nst.errors import UserError
from nst.pictures.find import file_hash
from nst.pictures.load import full_image
from nst.spec.records import Blend, PictureFile

SIZE = (8, 6)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    full_image.cache_clear()


def save(path: Path, colour: str) -> PictureFile:
    Image.new("RGB", SIZE, colour).save(path)
    return PictureFile(str(path), file_hash(path))


def test_a_picture_saved_anew_is_refused_under_its_old_hash(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    planned = save(path, "red")
    now = save(path, "blue")
    with pytest.raises(UserError) as caught:
        full_image(planned)
    assert str(caught.value).startswith(f"cannot read the picture {str(path)!r}: it has changed since this run was")
    assert full_image(now).getpixel((0, 0)) == (0, 0, 255)
    save(path, "red")
    assert full_image(planned).getpixel((0, 0)) == (255, 0, 0)


def test_a_kept_picture_is_the_one_of_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    red = save(path, "red")
    assert full_image(red).getpixel((0, 0)) == (255, 0, 0)
    blue = save(path, "blue")
    assert full_image(red).getpixel((0, 0)) == (255, 0, 0)
    assert full_image(blue).getpixel((0, 0)) == (0, 0, 255)


def test_every_part_of_a_blend_is_verified(tmp_path: Path) -> None:
    colours = {"source": "red", "mask": "white", "target": "blue"}
    parts = {name: save(tmp_path / f"{name}.png", colour) for name, colour in colours.items()}
    blend = Blend(**parts, offset=(0, 0), mode="poisson")
    for name, colour in colours.items():
        full_image.cache_clear()
        save(tmp_path / f"{name}.png", "black")
        with pytest.raises(UserError, match=rf"{name}\.png': it has changed"):
            full_image(blend)
        save(tmp_path / f"{name}.png", colour)
    assert full_image(blend).size == SIZE
