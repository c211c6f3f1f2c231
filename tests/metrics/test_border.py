"""The ratio of the changes at the border and inside."""

import numpy as np
import pytest
from PIL import Image

from nst.metrics.border import WIDTH, border_ratio


def test_twice_as_much_change_at_the_border() -> None:
    content = np.full((40, 30, 3), 100, dtype=np.uint8)
    image = content + 4
    image[WIDTH:-WIDTH, WIDTH:-WIDTH] = 102
    assert border_ratio(Image.fromarray(image), Image.fromarray(content)) == pytest.approx(2)


def test_no_change_and_no_inside_are_none() -> None:
    grey, other = Image.new("RGB", (40, 40), (9, 9, 9)), Image.new("RGB", (40, 16), (9, 9, 9))
    assert border_ratio(grey, grey) is None
    assert border_ratio(other, Image.new("RGB", (40, 16))) is None
