"""Store a picture from memory in the user's cache, named by a hash of its pixels, so that it has a path like others."""

import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from nst.errors import UserError
from nst.pictures.cache import cache_folder, encode_ppm, write_cached
from nst.pictures.formats.colour import to_srgb

DIGITS = 16
"""Length of a file's name in hex digits; figures show it."""
SHAPES = "(H, W, 3) or (H, W), uint8, bool or float from 0 to 1"


def is_picture(value: Any) -> bool:
    """Return whether a value is a picture in memory: of Pillow, NumPy or PyTorch."""
    return isinstance(value, Image.Image | np.ndarray) or _is_tensor(value)


def as_path(key: str, picture: Any) -> Path:
    """Return the file of a picture in memory, one for equal pixels; `UserError` for any other shape or range."""
    levels = levels_of(key, picture)
    data = encode_ppm(levels)
    path = cache_folder("pictures") / f"{hashlib.sha256(data).hexdigest()[:DIGITS]}.ppm"
    try:
        if not path.is_file() or path.read_bytes() != data:
            write_cached(path, data)
    except OSError as error:
        raise UserError(f"{key}: the picture cannot be stored in {path.parent} ({error.strerror or error})") from None
    return path


def levels_of(key: str, picture: Any) -> np.ndarray:
    """Return 8-bit levels (H, W, 3) in sRGB, as a file with the same content would be read."""
    if isinstance(picture, Image.Image):
        return np.asarray(to_srgb(ImageOps.exif_transpose(picture)))
    if _is_tensor(picture):
        array = picture.detach().cpu()
        array = array.float().numpy() if array.is_floating_point() else array.numpy()  # NumPy has no bfloat16
        array = array[0] if array.ndim == 4 and len(array) == 1 else array
        if array.ndim != 3 or len(array) not in (1, 3):
            raise UserError(f"{key}: a tensor of shape {tuple(picture.shape)} is not a picture; expected (1, 3, H, W)")
        array = array.transpose(1, 2, 0)
    else:
        array = picture[..., None] if picture.ndim == 2 else picture
    if array.ndim == 3 and array.shape[2] == 1:
        array = array.repeat(3, axis=2)  # grey
    if array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise UserError(f"{key}: an array of shape {array.shape} is not a picture; expected {SHAPES}")
    return np.ascontiguousarray(_eight_bit(key, array))


def _eight_bit(key: str, array: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Return levels as they are, floats from 0 to 1 rounded to the nearest level, true as white."""
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array * np.uint8(255)
    if array.dtype.kind != "f":
        raise UserError(f"{key}: an array of {array.dtype} is not a picture; expected {SHAPES}")
    least, most = float(array.min()), float(array.max())
    if not (0 <= least and most <= 1):  # also for NaN
        raise UserError(f"{key}: has values from {least:g} to {most:g}; floats of a picture are from 0 to 1")
    levels: np.ndarray[Any, Any] = np.rint(array.astype(np.float32) * np.float32(255)).astype(np.uint8)
    return levels


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")  # if nobody has imported torch, nothing is a tensor
    return torch is not None and isinstance(value, torch.Tensor)
