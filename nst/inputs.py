"""From the picture references of a `Spec` to images: read or blended once, then resized for the run."""

from functools import lru_cache
from pathlib import Path

from PIL.Image import Image

from nst.errors import UserError
from nst.pictures.read import read
from nst.spec.parts import Blend, PictureFile


@lru_cache(maxsize=8)
def full_image(reference: PictureFile | Blend) -> Image:
    """The picture at its own size, RGB; a blend is solved. `UserError` where it cannot be read or blended."""
    if isinstance(reference, PictureFile):
        return read(Path(reference.path))
    return _blend(reference)


def _blend(reference: Blend) -> Image:
    from nst.pictures.blend import blend, ellipse_mask

    source = full_image(reference.source)
    mask = full_image(reference.mask) if reference.mask else ellipse_mask(*source.size)
    try:
        return blend(source, mask, full_image(reference.target), reference.offset, reference.mode)
    except UserError as error:
        raise UserError(f"blend: {error}") from None
