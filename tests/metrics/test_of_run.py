"""The measures of a run: which pictures count, and which measures have no meaning."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from nst.colours import as_optimised
from nst.engine import transfer
from nst.metrics.of_run import measure_run
from nst.metrics.take import take
from nst.pictures.find import Mask
from nst.result import Result
from nst.spec.records import Spec, Target

MakeSpec = Callable[..., Spec]


def measured(spec: Spec, result: Result) -> dict[str, float | None]:
    return measure_run(spec, result.image, result.inputs.pictures)


def undefined(found: dict[str, float | None], of: str) -> bool:
    """Whether there is no measure of this kind."""
    return all(value is None for name, value in found.items() if name.endswith(f"_{of}"))


def test_a_transfer_is_measured_against_both(small: Spec, result: Result) -> None:
    pictures = result.inputs.pictures
    assert measured(small, result) == take(result.image, pictures["content"], [(pictures["style"], 1.0)])
    assert not undefined(measured(small, result), "style")


def test_a_texture_has_no_content_and_a_reconstruction_no_style(make_spec: MakeSpec) -> None:
    texture = make_spec(content_weight=0, init="uniform", size=32, steps=1)
    found = measured(texture, transfer(texture))
    assert undefined(found, "content") and not undefined(found, "style") and found["border_ratio"] is None
    reconstruction = make_spec(style_weight=0, init="uniform", size=32, steps=1)
    found = measured(reconstruction, transfer(reconstruction))
    assert undefined(found, "style") and not undefined(found, "content") and found["global_effects"] is None


def test_a_style_with_a_mask_is_not_met_by_the_whole(small: Spec, result: Result) -> None:
    left = Mask(("left",))
    (content, style), (target,) = small.terms, small.terms[1].targets
    by_result = replace(small, terms=(content, replace(style, mask=left)))
    by_style = replace(small, terms=(content, replace(style, targets=(replace(target, mask=left),))))
    for spec in (by_result, by_style):
        assert undefined(measured(spec, result), "style") and not undefined(measured(spec, result), "content")
    kept = replace(small, terms=(replace(content, mask=left), style))
    assert measured(kept, result) == measured(small, result)


def test_several_styles_count_by_their_shares(small: Spec, result: Result) -> None:
    (content, style), (target,) = small.terms, small.terms[1].targets
    targets = (replace(target, weight=0.25), Target(content.targets[0].picture, 0.75))
    spec = replace(small, terms=(content, replace(style, targets=targets)))
    pictures = {**result.inputs.pictures, "style[2]": result.inputs.pictures["content"]}
    pairs = [(pictures["style"], 0.25), (pictures["content"], 0.75)]
    assert measure_run(spec, result.image, pictures) == take(result.image, pictures["content"], pairs)


def test_with_luminance_the_luminance_is_measured(small: Spec, result: Result) -> None:
    spec = replace(small, colours="luminance")
    grey = as_optimised(spec, result.image)
    pictures = {name: as_optimised(spec, image) for name, image in result.inputs.pictures.items()}
    assert measure_run(spec, result.image, pictures) == take(grey, pictures["content"], [(pictures["style"], 1.0)])


def test_a_content_of_another_shape_is_not_compared(small: Spec, result: Result) -> None:
    pictures = {**result.inputs.pictures, "content": Image.new("RGB", (40, 90))}
    found = measure_run(small, result.image, pictures)
    assert undefined(found, "content") and all(value is None or math.isfinite(value) for value in found.values())


@pytest.mark.parametrize("patches", [False, True])
def test_patches_are_asked_for(small: Spec, result: Result, patches: bool) -> None:
    assert ("local_patterns" in measure_run(small, result.image, result.inputs.pictures, patches=patches)) is patches
