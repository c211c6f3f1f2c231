"""Traces of the border: how much more a transfer changed there than inside."""

import numpy as np
from PIL.Image import Image

WIDTH = 8


def border_ratio(image: Image, content: Image) -> float | None:
    """Return the mean absolute difference from the content in the outer `WIDTH` pixels over that further in.

    None for a picture of 16 pixels or fewer, and if nothing changed inside.
    """
    if min(image.size) <= 2 * WIDTH:
        return None
    change = np.abs(np.asarray(image, dtype=np.float64) - np.asarray(content, dtype=np.float64)).sum(axis=2)
    inside = change[WIDTH:-WIDTH, WIDTH:-WIDTH]
    if not inside.any():
        return None
    return float((change.sum() - inside.sum()) / (change.size - inside.size) / inside.mean())
