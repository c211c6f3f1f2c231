"""Convert between 8-bit pictures and tensors in [0, 1], make noise, and encode PNG with embedded metadata."""

import hashlib
import io
from collections.abc import Mapping

import numpy as np
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from nst.errors import UserError, did_you_mean

NOISES = {"uniform": torch.rand, "gaussian": torch.randn}


def to_tensor(image: Image.Image) -> Tensor:
    """Return the 8-bit levels divided by 255: (1, 3, H, W) float32 on the CPU, RGB in [0, 1]."""
    levels = torch.from_numpy(np.array(image.convert("RGB")))
    return levels.permute(2, 0, 1).unsqueeze(0).contiguous().to(torch.float32) / 255


def to_image(picture: Tensor) -> Image.Image:
    """Return the RGB image of a (1, 3, H, W) tensor on any device, clamped to [0, 1] and rounded to the nearest level.

    NaN becomes 0. `to_image(to_tensor(image))` equals `image` exactly. Raises `ValueError` for other shapes.
    """
    if picture.ndim != 4 or picture.shape[:2] != (1, 3):
        raise ValueError(f"a picture has shape (1, 3, H, W), not {tuple(picture.shape)}")
    unit = picture.detach()[0].to("cpu", torch.float32).nan_to_num(nan=0.0, posinf=1.0, neginf=0.0).clamp(0, 1)
    levels = unit.mul(255).round().to(torch.uint8)
    return Image.fromarray(levels.permute(1, 2, 0).contiguous().numpy())


def noise(kind: str, height: int, width: int, seed: int) -> Tensor:
    """Return noise (1, 3, height, width) float32 in [0, 1], on the CPU.

    `uniform`: every value equally likely. `gaussian`: mean 0, variance 1, clamped to [0, 1], so that half of all
    values are 0 and 16 % are 1; the `torch.randn` start of the PyTorch tutorial "Neural Transfer Using PyTorch",
    which clamps it at the first evaluation. It has its own CPU generator: one seed gives the same noise on every
    device. Raises `UserError` for another kind.
    """
    if kind not in NOISES:
        raise UserError(f"no noise named {kind!r}{did_you_mean(kind, NOISES)}")
    generator = torch.Generator("cpu").manual_seed(seed)
    drawn = NOISES[kind]((1, 3, height, width), generator=generator, dtype=torch.float32, device="cpu")
    return drawn.clamp(0, 1)


def encode_png(image: Image.Image, text: Mapping[str, str]) -> bytes:
    """Encode `image` as an RGB PNG file with `text` as iTXt chunks: keys Latin-1, values any Unicode.

    No other metadata of `image` (profile, EXIF) is written. Equal arguments give equal bytes.
    """
    info = PngInfo()
    for key, value in text.items():
        info.add_itxt(key, value.encode("utf-8", "replace").decode("utf-8"))
    plain = image.convert("RGB")
    plain.info = {}
    file = io.BytesIO()
    plain.save(file, "PNG", pnginfo=info)
    return file.getvalue()


def picture_hash(image: Image.Image) -> str:
    """Return the first 12 hex digits of the SHA-256 of size and RGB bytes; metadata does not count."""
    width, height = image.size
    return hashlib.sha256(f"{width}x{height} ".encode() + image.convert("RGB").tobytes()).hexdigest()[:12]
