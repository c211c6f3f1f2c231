"""Draw paintings by code: built-in style pictures, one module each, with a function `draw`.

They are drawn on first use, in a second or a few, into the user's cache (`$XDG_CACHE_HOME`, or `~/.cache`).
"""

import hashlib
import importlib
import sys
from functools import cache
from pathlib import Path

from nst.errors import UserError
from nst.pictures.cache import cache_folder, encode_ppm, write_cached

DIGESTS = {
    "facets": "a0d811983a4d368657d2acfe62d36f85b8b89c6dcfbd445ccf3a8ae73dc9106e",
    "impasto": "71f5b3b1d33f5826e80235eed0ba6e9d31a4c9cdec8131c52a53b6600daf007a",
    "ink_wash": "ae431074ae8ded9027b8fc324b713b47df6746b88f705af5ef7e115dff3e801b",
    "mosaic": "3a1a3fe95c7afbb400b950b74e37cd27b803561e90cf829cf65536e63cc2923c",
    "nocturne": "6ecfa362f90adc394845cdec4b9afb9cd4187a9c800d4af7c07c91af7d65109a",
    "pointillism": "d5a76eb1a086997f20e667d3c3844790c58ddabd0e5260a4ac3b6f3861d49490",
    "stained_glass": "00b8dbb477a649118e15c108d905f112cb129beda81ee3c7bf5f3edd7ee287e6",
    "woodcut": "dd7bb010216cca9db59ad822bdf03b2cd577ed4041a91aaf6f5fb9eb708a0c66",
}
"""SHA-256 of each painting's file, by its name."""


def painting(name: str) -> Path:
    """Return the file of a painting, drawn unless it is cached; raises `UserError` if it cannot be written."""
    path = cache_folder("paintings") / f"{name}.ppm"
    if path.is_file() and _digest(path.read_bytes()) == DIGESTS[name]:
        return path
    data = encode(name)
    if _digest(data) != DIGESTS[name]:
        print(f"{name}: is drawn differently on this machine; its runs have signatures of their own", file=sys.stderr)
        if path.is_file() and path.read_bytes() == data:
            return path
    try:
        write_cached(path, data)
    except OSError as error:
        raise UserError(f"the built-in picture {name!r} cannot be drawn into {path} ({error.strerror})") from None
    return path


@cache
def encode(name: str) -> bytes:
    """Draw a painting and return it as a PPM file, whose bytes are the same with every version of a library."""
    import numpy as np

    picture = importlib.import_module(f"nst.pictures.paintings.{name}").draw()
    levels = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return encode_ppm(levels)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
