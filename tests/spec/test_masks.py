"""The masks of a spec: named, checked against their pictures, and left out where they are empty."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nst import networks
from nst.errors import UserError
from nst.spec.masks import mask_images, mask_remarks, masks, term_masks
from nst.spec.records import Scale, Spec
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.sweep.summary import remarks

MakeConfig = Callable[..., Config]
VGG19 = networks.architecture("vgg19")


@pytest.fixture
def spec(config: MakeConfig, tmp_path: Path) -> Callable[..., Spec]:
    """`spec(freeze="mask.png", rows=array)`: resolved, with a mask in a file."""

    def make(rows: np.ndarray | None = None, **changes: Any) -> Spec:
        if rows is not None:
            Image.fromarray(rows).save(tmp_path / "mask.png")
        return resolve(config(picture_dirs=[str(tmp_path)], **changes))

    return make


def dot(size: int, height: int = 300, width: int = 451) -> np.ndarray:
    """A white square in the upper left corner of a mask of the content's shape."""
    rows = np.zeros((height, width), dtype=np.uint8)
    rows[:size, :size] = 255
    return rows


def test_each_is_named_after_what_it_belongs_to(spec: Callable[..., Spec]) -> None:
    """With the shape of its picture: of the content, 96 x 64, or of the style, which is a square."""
    found = spec(
        guides=[{"mask": "left", "style_mask": "top"}], guides_rest="style", content_mask="ellipse", freeze="bottom"
    )
    assert {name: placed.picture for name, placed in masks(found).items()} == {
        "content.mask": "content",
        "guide_1.mask": "content",
        "guide_1.style_mask": "guide_1",
        "style.mask": "content",
        "freeze": "content",
    }
    images = mask_images(found, {"content": (96, 64), "guide_1": (64, 64), "style": (64, 64)})
    assert images["guide_1.style_mask"].size == (64, 64)
    assert {image.size for name, image in images.items() if name != "guide_1.style_mask"} == {(96, 64)}


def test_a_region_goes_without_the_layers_at_which_it_is_empty(spec: Callable[..., Spec]) -> None:
    """A square of 30 of 300 pixels is 6.4 of 64: as averages of 2 x 2 it fills some of them, but nothing sees only it
    from the fourth convolution on."""
    changes = {"guides": [{"mask": "mask.png"}], "style_layers": "conv_1+conv_3+conv_7", "rows": dot(30)}
    assert mask_remarks(spec(**changes)) == []
    found = spec(**changes, propagation="inside")
    assert mask_remarks(found) == ["guide_1: the mask is empty at conv_7, so it has no loss there"]
    assert mask_remarks(found)[0] in remarks(found)
    several = replace(found, scales=(Scale(32, 1), *found.scales))
    assert mask_remarks(several)[-1] == f"{mask_remarks(found)[0]}, at {found.size} pixels"
    assert mask_remarks(several)[0].startswith("guide_1: the mask is empty at ")
    assert mask_remarks(several)[0].endswith("so it has no loss there, at 32 pixels")
    images = mask_images(found, {"content": (96, 64), "guide_1": (64, 64)})
    assert term_masks(found.terms[1], images, VGG19).layers == ("conv_1", "conv_3")


def test_a_mask_that_selects_all_is_told(spec: Callable[..., Spec], tmp_path: Path) -> None:
    """As of white on transparent, which becomes white; a shape without a file is what it was meant to be."""
    rows = dot(30)
    Image.fromarray(np.dstack([np.full((*rows.shape, 3), 255, np.uint8), rows])).save(tmp_path / "cut.png")
    found = spec(content_mask="cut.png", guides=[{"mask": "left"}])
    told = "content_mask: the mask is white everywhere, so it selects all (what is transparent counts as white)"
    assert mask_remarks(found) == [told]
    assert mask_remarks(replace(found, scales=(Scale(32, 1), *found.scales))) == [told]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": dot(9, 451, 300), "freeze": "mask.png"}, "^freeze: the mask is 300 x 451, .*, 451 x 300$"),
        (
            {"rows": dot(9, 64, 96), "guides": [{"mask": "left", "style_mask": "mask.png"}]},
            r"^guide_1.style_mask: the mask is 96 x 64, .* \(guide_1\), 1024 x 1024$",
        ),
        ({"rows": dot(0), "guides": [{"mask": "mask.png"}]}, "^guide_1.mask: the mask is black everywhere"),
        ({"rows": dot(0), "content_mask": "mask.png"}, "^content_mask: the mask is black everywhere"),
        ({"rows": dot(0), "freeze": "mask.png"}, "^freeze: the mask is black everywhere"),
        ({"rows": dot(0), "freeze": "not mask.png"}, "^freeze: the mask is white everywhere, so nothing would move"),
        (
            {"rows": dot(0), "losses": {"deep": {"loss": "gram", "mask": "mask.png"}}},
            "^losses.deep.mask: the mask is black everywhere",
        ),
        (
            {"guides": [{"mask": "left"}, {"mask": "right"}], "guides_rest": "style"},
            "^guides_rest=style: the guides leave no rest; use guides_rest=none",
        ),
        (
            {"rows": dot(30), "guides": [{"mask": "mask.png"}], "style_layers": "conv_9", "propagation": "inside"},
            "^guide_1: no position of the mask is half white or more at conv_9; use a larger region",
        ),
        ({"freeze": "lft"}, "^freeze=lft: unknown; did you mean 'left'"),
        ({"freeze": "sky"}, r"^freeze=sky: no picture named 'sky'.* \(a mask is also one of left, right, top, bottom"),
    ],
)
def test_what_is_wrong_is_one_line(changes: dict[str, Any], message: str, spec: Callable[..., Spec]) -> None:
    with pytest.raises(UserError, match=message) as refused:
        spec(**changes)
    assert "\n" not in str(refused.value)


def test_an_alias_may_stand_for_a_shape(spec: Callable[..., Spec]) -> None:
    found = spec(freeze="mine", pictures={"mine": "ellipse"})
    assert found.freeze is not None and found.freeze.parts == ("ellipse",)
