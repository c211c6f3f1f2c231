"""The content itself, a transfer and the style itself are in this order by every measure that has a better way."""

import pytest
from PIL import Image

import nst
from nst.metrics.table import MEASURES, Measure
from nst.metrics.take import Values, take
from nst.pictures.find import find
from nst.pictures.read import read

SIZE = 128


def square(name: str) -> Image.Image:
    """The middle of a built-in picture."""
    picture = read(find(name))
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side)).resize((SIZE, SIZE), Image.Resampling.LANCZOS)


@pytest.fixture(scope="module")
def three() -> tuple[Values, Values, Values]:
    content, style = square("chelsea"), square("ihc")
    result = nst.transfer(content, style, size=SIZE, steps=60, device="cpu", precision="fp32", progress=False)
    pictures = (content, result.image, style)
    first, second, third = (take(each, content, [(style, 1.0)], patches=True) for each in pictures)
    return first, second, third


@pytest.mark.slow
@pytest.mark.parametrize("one", [one for one in MEASURES if one.better], ids=lambda one: one.name)
def test_content_transfer_and_style_are_in_order(one: Measure, three: tuple[Values, Values, Values]) -> None:
    numbers = [found[one.name] for found in three]
    if one.name == "psnr_content_db":
        assert numbers.pop(0) is None  # of equal pictures it is infinite
    known = [number for number in numbers if number is not None]
    assert len(known) == len(numbers) and len(set(known)) == len(known)
    assert known == sorted(known, reverse=(one.of == "content") == (one.better == "higher"))


@pytest.mark.slow
def test_the_measures_that_only_describe_are_plausible(three: tuple[Values, Values, Values]) -> None:
    kept, made, other = three
    assert kept["border_ratio"] is None and kept["stroke_scale_px"] is None
    assert 0.3 < (made["border_ratio"] or 0) < 3 and 2 < (made["stroke_scale_px"] or 0) < SIZE
    assert all((found["fine_detail_levels"] or 0) > 1 for found in (kept, made, other))
