"""Load the pictures of a `Spec`: read or blended once, at full size."""

from functools import lru_cache
from pathlib import Path

from PIL.Image import Image

from nst.errors import UserError
from nst.pictures.read import read_verified
from nst.pictures.resize import fitted_shape
from nst.spec.records import Blend, PictureFile, Spec


@lru_cache(maxsize=8)
def full_image(reference: PictureFile | Blend) -> Image:
    """Return the picture at its own size, RGB; a blend is solved.

    A file is read only if its bytes still have the hash of the reference, which is also the key of the cache: another
    picture under the same path is never taken for it. Raises `UserError` if it cannot be read or blended.
    """
    if isinstance(reference, PictureFile):
        return read_verified(Path(reference.path), reference.sha256)
    return _blend(reference)


def remarks(spec: Spec) -> list[str]:
    """Return lines that say which pictures are enlarged to `size`, or, as panoramas, kept smaller."""
    lines = []
    for key, reference in spec.pictures.items():
        if key != "init":
            width, height = full_image(reference).size
            shorter = min(fitted_shape(width, height, spec.size))
            if shorter < spec.size:
                lines.append(f"{key}: {width} x {height} is a panorama; its shorter side is {shorter}, not {spec.size}")
            elif min(width, height) < spec.size:
                lines.append(f"{key}: {_title(reference)} is {width} x {height}; enlarged to size={spec.size}")
    return lines


def _title(reference: PictureFile | Blend) -> str:
    return Path(reference.path).name if isinstance(reference, PictureFile) else "the blend"


def _blend(reference: Blend) -> Image:
    from nst.pictures.blend import blend, ellipse_mask

    source = full_image(reference.source)
    mask = full_image(reference.mask) if reference.mask else ellipse_mask(*source.size)
    try:
        return blend(source, mask, full_image(reference.target), reference.offset, reference.mode)
    except UserError as error:
        raise UserError(f"blend: {error}") from None
