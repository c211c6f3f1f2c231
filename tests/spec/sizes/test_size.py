"""`size=long:PIXELS` and `size=original`: worked out by hand, signed as the number that gives the same picture."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nst.errors import UserError
from nst.spec.records import Scale
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.spec.signature import from_dict, signature, to_dict
from nst.spec.sizes.shapes import result_shape
from nst.spec.sizes.size import plain_size
from nst.spec.version_2 import signature_version_2

MakeConfig = Callable[..., Config]
Saved = Callable[[int, int], str]


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """`saved(90, 60)`: the path of a picture of that shape."""

    def save(width: int, height: int) -> str:
        path = tmp_path / f"{width}x{height}.png"
        Image.new("RGB", (width, height), (width % 256, height % 256, 7)).save(path)
        return str(path)

    return save


@pytest.mark.parametrize(
    ("picture", "size", "number"),
    [
        ((90, 60), "original", 60),
        ((60, 90), "original", 60),
        ((70, 70), "long:64", 64),
        ((120, 90), "long:64", 48),
        ((90, 120), "long:64", 48),
        ((160, 90), "long:48", 27),
        ((200, 50), "original", 50),  # 4 : 1, the longest that a number gives as it is
    ],
)
def test_a_size_that_a_number_gives_is_that_number(
    config: MakeConfig, saved: Saved, picture: tuple[int, int], size: str, number: int
) -> None:
    content = saved(*picture)
    found, plain = (resolve(config(content=content, size=one, scales={})) for one in (size, number))
    assert found.scales == (Scale(number, 3),) and found == plain and signature(found) == signature(plain)


@pytest.mark.parametrize(
    ("picture", "size", "shape"),
    [
        ((90, 60), "long:64", (43, 64)),  # 42.7 rounds up; the number 43 gives 64.5, so 65, and 42 gives 63
        ((60, 90), "long:64", (64, 43)),
        ((300, 50), "original", (50, 300)),  # 6 : 1: 50 gives 20 fewer rows
        ((300, 50), "long:120", (20, 120)),
    ],
)
def test_a_size_that_no_number_gives_is_kept_exactly(
    config: MakeConfig, saved: Saved, picture: tuple[int, int], size: str, shape: tuple[int, int]
) -> None:
    content = saved(*picture)
    spec = resolve(config(content=content, size=size))
    assert spec.scales == (Scale(min(shape), 3, max(shape)),) and result_shape(spec) == shape
    assert signature(spec) != signature(resolve(config(content=content, size=min(shape))))
    assert from_dict(to_dict(spec)) == spec and signature_version_2(spec) is None


def test_a_texture_has_the_longer_side_of_its_style(config: MakeConfig, saved: Saved) -> None:
    texture: dict[str, Any] = {"style": saved(120, 90), "content_weight": 0, "init": "noise"}
    assert resolve(config(size="long:64", **texture)).size == 48
    with pytest.raises(UserError, match="^size=original: is the content's own size, but this run has no content; "):
        resolve(config(size="original", **texture))


def test_a_texture_from_the_content_has_its_size(config: MakeConfig, saved: Saved) -> None:
    spec = resolve(config(size="original", content=saved(90, 60), content_weight=0, init="content"))
    assert result_shape(spec) == (60, 90)


def test_scales_go_up_to_it(config: MakeConfig, saved: Saved) -> None:
    """42.7 / 2 rounds to 21 by the number 43; half of it is 22."""
    scaled: dict[str, Any] = {
        "content": saved(90, 60),
        "size": "long:64",
        "style_layers": "conv_1",
        "content_layers": "conv_1",
    }
    assert resolve(config(scales={"from": 21, "factor": 2.0}, **scaled)).scales == (Scale(22, 3), Scale(43, 3, 64))
    assert resolve(config(scales={"from": 0.5, "factor": 2.0}, **scaled)).scales == (Scale(22, 3), Scale(43, 3, 64))
    with pytest.raises(UserError, match="^scales.from=44: is above size=long:64, whose shorter side is 43; use 43 or"):
        resolve(config(scales={"from": 44}, **scaled))


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (
            "long:20",
            "^size=long:20: gives 20 x 13 pixels for a picture of 90 x 60; the shorter side must be 16 to 16384",
        ),
        ("long:0", "^size=long:0: gives 0 x 0 pixels"),
        ("long:90000", "^size=long:90000: gives 90000 x 60000 pixels .* the longer one at most 65536"),
        ("long:1e3", "^size=long:1e3: must be a whole number of pixels, long:PIXELS .* or original"),
        ("orignal", "^size=orignal: must be a whole number"),
        (None, "^size=null: must be a whole number"),
        (True, "^size=True: must be a whole number"),
        (64.5, "^size=64.5: must be a whole number"),
    ],
)
def test_what_is_refused(config: MakeConfig, saved: Saved, size: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        resolve(config(content=saved(90, 60), size=size))


def test_a_number_in_any_form_is_shown_as_one() -> None:
    assert [plain_size(value) for value in (64, 64.0, "64", "long:64", "original")] == [
        64,
        64,
        64,
        "long:64",
        "original",
    ]
