"""The fixed crops over which `normalise` measures mean activations: squares cut from built-in pictures."""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from nst.pictures.builtin import builtin_file
from nst.pictures.find import file_hash
from nst.pictures.read import read_verified

if TYPE_CHECKING:
    from PIL.Image import Image

PICTURES = (
    *("astronaut", "brick", "camera", "chelsea", "coffee", "coins", "grass", "gravel"),
    *("hubble_deep_field", "ihc", "motorcycle", "rocket"),
)
SIDE = 128
PLACES = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
"""Upper left corners of a picture's crops: how far each is moved along x and y, as a share of the room there is."""


@cache
def crops_name() -> str:
    """Return an identifier of the crops: `48 of 128 px 0123456789ab`, with a digest of the files and the places."""
    parts = [SIDE, PLACES, *(file_hash(builtin_file(name)) for name in PICTURES)]
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
    return f"{len(PICTURES) * len(PLACES)} of {SIDE} px {digest}"


def crops() -> "Iterator[list[Image]]":
    """Yield the crops of one picture after the other, in its own resolution."""
    for name in PICTURES:
        path = builtin_file(name)
        image = read_verified(path, file_hash(path))
        room = [length - SIDE for length in image.size]
        corners = [(round(across * room[0]), round(down * room[1])) for across, down in PLACES]
        yield [image.crop((x, y, x + SIDE, y + SIDE)) for x, y in corners]
