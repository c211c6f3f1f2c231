"""The crops over which activations are measured: always the same, and named by what they are."""

import re
from pathlib import Path

import numpy as np
import pytest

from nst.networks.base import crops as module
from nst.networks.base.crops import PICTURES, PLACES, SIDE, crops, crops_name


def test_there_are_48_of_128_pixels() -> None:
    found = [image for images in crops() for image in images]
    assert [image.size for image in found] == [(SIDE, SIDE)] * len(PICTURES) * len(PLACES) == [(128, 128)] * 48
    assert {image.mode for image in found} == {"RGB"}
    assert len({image.tobytes() for image in found}) == 48


def test_a_crop_is_a_part_of_its_picture_at_its_own_size() -> None:
    """Of astronaut, 512 x 512, the third crop begins at 96, 288: a quarter and three quarters of 384."""
    from nst.pictures.builtin import builtin_file
    from nst.pictures.find import file_hash
    from nst.pictures.read import read_verified

    path = builtin_file("astronaut")
    whole = np.asarray(read_verified(path, file_hash(path)))
    third = next(iter(crops()))[2]
    assert np.array_equal(np.asarray(third), whole[288:416, 96:224])


def test_the_name_is_a_digest_of_files_and_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = crops_name()
    assert re.fullmatch(r"48 of 128 px [0-9a-f]{12}", name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "astronaut").write_bytes(b"a file of that name in the current folder is none of them")
    assert crops_name.__wrapped__() == name
    monkeypatch.setattr(module, "PLACES", ((0.0, 0.0), *PLACES[1:]))
    assert crops_name.__wrapped__() != name
