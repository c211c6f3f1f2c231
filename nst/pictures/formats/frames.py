"""Count the frames or pages of a picture file, of which the first is read."""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image

from nst.pictures.find import PictureFile
from nst.pictures.formats import heic, png, recognise, tiff
from nst.pictures.read import without_pillow_limits


@lru_cache(maxsize=1024)
def frames_remark(picture: PictureFile) -> str | None:
    """Return `clip.gif has 12 frames; the first is taken`; None for a file of one, or one that cannot be counted."""
    path = Path(picture.path)
    try:
        data = path.read_bytes()
        with without_pillow_limits():
            count, kind, taken = _count(data)
    except Exception:  # decoders may raise anything on hostile bytes; reading the picture itself says what is wrong
        return None
    return f"{path.name} has {count} {kind}; the {taken} is taken" if count > 1 else None


def _count(data: bytes) -> tuple[int, str, str]:
    """Return the number, what they are called, and which is read."""
    if data.startswith(png.SIGNATURE):
        return png.count_frames(data), "frames", "first"
    if data.startswith(tiff.SIGNATURES):
        return tiff.count_pages(data), "pages", "first"
    if recognise.is_heic(data):
        image = heic.opened(data, lambda _: None)
        return getattr(image, "n_frames", 1), "pictures", "main one"
    with Image.open(io.BytesIO(data), formats=recognise.readable()) as image:
        is_photo = image.format == "MPO"  # of a phone: beside the picture there is a preview or a map of brightness
        return 1 if is_photo else getattr(image, "n_frames", 1), "frames", "first"
