"""Read HEIC, the format of many phones, if `pillow-heif` is installed (the extra `heic`)."""

import io
from collections.abc import Callable

from PIL import Image


def opened(data: bytes, check_size: Callable[[tuple[int, int]], None]) -> Image.Image | None:
    """Return the main picture, turned upright as the file says, or None if `pillow-heif` is not installed.

    `check_size` may refuse its (width, height). The plugin's class is used directly: Pillow
    registers no further format.
    """
    try:
        from pillow_heif.as_plugin import HeifImageFile
    except ImportError:
        return None
    image: Image.Image = HeifImageFile(io.BytesIO(data))  # type: ignore[no-untyped-call, unused-ignore]
    check_size(image.size)
    return image
