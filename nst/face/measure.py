"""Measure any picture against a content and styles: `nst.measure`."""

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL.Image import Image, Resampling, fromarray

from nst.errors import UserError
from nst.face.measured import Measures
from nst.face.pictures import is_picture, levels_of
from nst.pictures.find import find
from nst.pictures.load import fit
from nst.pictures.read import read

PICTURE_DIRS = (Path("pictures"),)
UNLIKE = 0.05
"""Part by which the aspect ratios of result and content may differ, as tools round sides to multiples."""


def measure(
    result: Any, content: Any = None, style: Any = None, *, shares: Sequence[float] | None = None, patches: bool = False
) -> Measures:
    """Measure how much of `content` a picture keeps and how well it meets `style`; no network is downloaded.

    `result`: what `nst.transfer` returned, which has its content and styles with it, or a picture of any tool. Pictures
    are paths, built-in names, or in memory as for `nst.transfer`. The content is resized to the result (Lanczos), and
    may differ from its shape by 5 % at most; each style is resized so that its shorter side is the result's. Without a
    content or a style, the measures to it are NaN. `style` may be a list, with `shares` (equal ones): a measure is then
    the mean by share of those of each. `patches`: take LP, too, a search for patches.

    The same picture gives the same numbers in the columns of a sweep's frame (`docs/measures.md` defines them). Raises
    `UserError` for anything but a picture, and `JobError` if memory does not suffice.
    """
    from nst.face.result import Transfer  # late: these import torch
    from nst.metrics.of_run import measure_run
    from nst.metrics.take import take
    from nst.spec.terms.make import make_shares

    if isinstance(result, Transfer):
        if content is not None or style is not None:
            raise UserError("nst.measure: this result has its content and style with it; for others give result.image")
        found = measure_run(result.spec, result.image, result.result.inputs.pictures, patches=patches)
        return Measures(_numbers(found))
    image = _image("result", result)
    own, resized = (None, []) if content is None else _to_shape(_image("content", content), image)
    styles = [] if style is None else list(style) if isinstance(style, list | tuple) else [style]
    parts = make_shares(shares, len(styles), "shares") if styles or shares else []
    fitted = [_to_size(_image("style", one), image) for one in styles]
    pairs = [(one, share) for (one, _), share in zip(fitted, parts, strict=True) if share > 0]
    notes = (*resized, *(line for _, lines in fitted for line in lines))
    return Measures(_numbers(take(image, own, pairs, patches=patches)), notes)


def _numbers(values: Mapping[str, float | None]) -> dict[str, float]:
    return {name: math.nan if value is None else value for name, value in values.items()}


def _image(key: str, picture: Any) -> Image:
    if is_picture(picture):
        return fromarray(levels_of(key, picture))
    if not isinstance(picture, str | os.PathLike):
        raise UserError(
            f"{key}: a {type(picture).__name__} is not a picture; give a path, a name, an image, an array or a tensor"
        )
    return read(find(os.fspath(picture), PICTURE_DIRS))


def _to_shape(content: Image, image: Image) -> tuple[Image, list[str]]:
    """Return the content in the shape of the result, and a line if it was resized."""
    if content.size == image.size:
        return content, []
    ratio = (content.width * image.height) / (content.height * image.width)
    if abs(math.log(ratio)) > UNLIKE:
        raise UserError(
            f"content: {_size(content)} has another shape than the result, {_size(image)}; crop one like the other"
        )
    return content.resize(image.size, Resampling.LANCZOS), [f"content resized from {_size(content)} to {_size(image)}"]


def _to_size(style: Image, image: Image) -> tuple[Image, list[str]]:
    """Return a style whose shorter side is the result's, and a line if it was resized."""
    if min(style.size) == min(image.size):
        return style, []
    fitted = fit(style, min(image.size))
    return fitted, [f"style resized from {_size(style)} to {_size(fitted)}"]


def _size(image: Image) -> str:
    return f"{image.width} x {image.height}"
