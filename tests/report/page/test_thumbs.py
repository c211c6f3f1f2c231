"""Small copies of pictures."""

import os
from pathlib import Path

import pytest
from PIL import Image

from nst.report.page.thumbs import Wanted, longest, write
from report.conftest import paint


@pytest.mark.parametrize(("count", "long"), [(1, 512), (12, 512), (13, 384), (60, 384), (200, 256), (500, 192)])
def test_many_pictures_are_smaller(count: int, long: int) -> None:
    assert longest(count) == long


def test_whole_pictures_shrink_and_regions_keep_every_pixel(tmp_path: Path) -> None:
    picture = paint(tmp_path / "a.png", (80, 40))
    whole, part = Wanted(picture), Wanted(picture, (10, 5, 30, 15))
    made = write([whole, part], {picture: "pictures/a.png"}, tmp_path, 20)
    assert (made[whole].file, made[whole].width, made[whole].height) == ("thumbs/a.webp", 80, 40)
    with Image.open(tmp_path / made[whole].file) as small, Image.open(tmp_path / made[part].file) as region:
        assert small.size == (20, 10) and region.size == (20, 10)
        with Image.open(picture) as image:
            assert region.convert("RGB").tobytes() == image.crop((10, 5, 30, 15)).tobytes()


def test_made_again_only_where_the_picture_changed(tmp_path: Path) -> None:
    names = {paint(tmp_path / f"{name}.png"): f"pictures/{name}.png" for name in "ab"}
    wanted = [Wanted(path) for path in names]
    before = write(wanted, names, tmp_path, 32)
    inodes = [(tmp_path / before[one].file).stat().st_ino for one in wanted]
    os.utime(paint(tmp_path / "b.png", seed=3), ns=(1, 1))
    after = write(wanted, names, tmp_path, 32)
    same = [(tmp_path / after[one].file).stat().st_ino == inode for one, inode in zip(wanted, inodes, strict=True)]
    assert same == [True, False]
    assert (
        before[wanted[0]].version == after[wanted[0]].version and before[wanted[1]].version != after[wanted[1]].version
    )


def test_no_longer_wanted_or_broken(tmp_path: Path) -> None:
    good, bad = Wanted(paint(tmp_path / "a.png")), Wanted(tmp_path / "b.png")
    bad.picture.write_bytes(b"no picture")
    names = {one.picture: one.picture.name for one in (good, bad)}
    write([good], names, tmp_path, 32)
    assert write([bad], names, tmp_path, 32) == {}
    assert not list((tmp_path / "thumbs").iterdir())


def test_of_what_moves_the_end_is_kept(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:])
    film = Wanted(tmp_path / "a.webp")
    with Image.open(tmp_path / write([film], {film.picture: "motion-a.webp"}, tmp_path, 8)[film].file) as still:
        red, _, blue = still.convert("RGB").getpixel((4, 4))
        assert blue > 200 and red < 50
