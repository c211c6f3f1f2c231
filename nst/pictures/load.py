"""Load the pictures of a `Spec`: read or blended once, at full size."""

from functools import lru_cache
from pathlib import Path

from PIL.Image import Image

from nst.errors import UserError
from nst.pictures.find import Blend, PictureFile
from nst.pictures.read import read_verified


@lru_cache(maxsize=8)
def full_image(reference: PictureFile | Blend) -> Image:
    """Return the picture at its own size, RGB; a blend is solved.

    A file is read only if its bytes still have the hash of the reference, which is also the key of the cache: another
    picture under the same path is never taken for it. Raises `UserError` if it cannot be read or blended.
    """
    if isinstance(reference, PictureFile):
        return read_verified(Path(reference.path), reference.sha256)
    return _blend(reference)


def _blend(reference: Blend) -> Image:
    from nst.pictures.blend import blend, ellipse_mask

    source = full_image(reference.source)
    mask = full_image(reference.mask) if reference.mask else ellipse_mask(*source.size)
    try:
        return blend(source, mask, full_image(reference.target), reference.offset, reference.mode)
    except UserError as error:
        raise UserError(f"blend: {error}") from None
    except MemoryError:
        raise UserError("blend: there is not enough memory for it") from None
