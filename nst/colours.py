"""Convert colours at both ends of a run, as the key `colours` says; the optimisation in between knows nothing of it.

`luminance` (Gatys et al. 2016, "Preserving Color in Neural Artistic Style Transfer"): every picture enters as its
luminance in three equal channels; a style's luminance takes the content's mean and standard deviation. The gradient is
projected to keep the channels equal: left free, they would drift into colours that lower the loss and are then thrown
away. To show a result, the change in luminance is added to each channel of the content, which keeps its chroma.
`match`, `match_pca`, `match_cholesky`: styles are recoloured to match the content, and a result is shown as it is.

Means and covariances are computed at each picture's own size, so that they are the same at every size of a run.
Several styles are matched one by one.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import torch
from PIL.Image import Image, Resampling
from torch import Tensor

from nst import losses
from nst.objective.reference import Evaluation, Objective
from nst.pictures.find import Picture
from nst.pictures.load import full_image
from nst.pictures.recolour import (
    EPSILON,
    LUMA,
    LUMINANCE,
    Moments,
    Recolouring,
    matching,
    matching_luminance,
    moments,
)
from nst.pictures.tensors import to_tensor
from nst.spec.records import Spec, target_names

NEARLY_GREY = 10 * EPSILON
NOISY = 10
"""A style gets a remark if the variance of its colours in some direction is below `NEARLY_GREY`, the square of 1 % of
the range, and matching amplifies differences by `NOISY` or more. Low variance alone is common in colourful pictures.
"""


def entering(spec: Spec, pictures: Mapping[str, Image]) -> dict[str, Image]:
    """Return resized pictures, by their names in `Spec.pictures`, in the colours in which they enter a run."""
    return {name: entered(spec, name, image) for name, image in pictures.items()}


def entered(spec: Spec, name: str, image: Image) -> Image:
    """Return `image`, made from the picture called `name` in `Spec.pictures`, in the colours in which it enters."""
    recolouring = _recolouring(spec, name)
    return image if recolouring is None else recolouring.apply(image)


def started(spec: Spec, noise: Tensor) -> Tensor:
    """Return noise (1, 3, H, W) as a run starts from it: with `luminance`, its first channel three times."""
    return noise[:, :1].repeat(1, 3, 1, 1) if spec.colours == "luminance" else noise


class EqualChannels:
    """An objective for pictures with three equal channels: its gradient is projected onto them by taking the mean."""

    def __init__(self, objective: Objective) -> None:
        self.objective, self.names = objective, objective.names

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        losses, gradient = self.objective.loss_and_gradient(picture)
        return losses, gradient.mean(dim=1, keepdim=True).expand_as(gradient)


def optimised(spec: Spec, objective: Objective) -> Objective:
    """Return the objective as the optimizer sees it."""
    return EqualChannels(objective) if spec.colours == "luminance" else objective


def shown(spec: Spec, picture: Tensor) -> Tensor:
    """Return an optimised picture (1, 3, H, W) in the colours in which it is shown, by default its own.

    With `luminance`: content + (Y(picture) - Y(content)) on each channel, clamped to [0, 1].
    """
    if spec.colours != "luminance":
        return picture
    content = to_tensor(_own_content(spec, picture.shape[3], picture.shape[2])).to(picture)
    return (content + (_luma(picture) - _luma(content))).clamp_(0, 1)


def as_optimised(spec: Spec, image: Image) -> Image:
    """Return a shown picture as the objective sees it: with `luminance`, as its luminance."""
    return LUMINANCE.apply(image) if spec.colours == "luminance" else image


def own_content(spec: Spec, pictures: Mapping[str, Image]) -> Image | None:
    """Return the content in its own colours, at the size of the entered one in `pictures`; None without content."""
    content = pictures.get("content")
    return content if content is None or spec.colours != "luminance" else _own_content(spec, *content.size)


def remarks(spec: Spec) -> list[str]:
    """Return a line for each style whose colours are to be matched, but vary too little for that."""
    if spec.colours in (None, "as_is", "luminance"):
        return []
    return [line for name in spec.pictures if name in _styles(spec) and (line := _remark(spec, name))]


def _remark(spec: Spec, name: str) -> str | None:
    recolouring, covariance = _recolouring(spec, name), _moments(spec.pictures[name]).covariance
    times = np.linalg.norm(recolouring.matrix, 2) if recolouring else 0
    if np.linalg.eigvalsh(covariance)[0] >= NEARLY_GREY or times < NOISY:
        return None
    return (
        f"{name}: is grey or nearly so; colours={spec.colours} enlarges its differences in colour up to "
        f"{times:.0f} times, noise included (colours=luminance does not)"
    )


def _recolouring(spec: Spec, name: str) -> Recolouring | None:
    """Return how a picture is recoloured before it enters; None if it stays as it is."""
    if spec.colours in (None, "as_is"):
        return None
    is_style, is_luminance = name in _styles(spec), spec.colours == "luminance"
    if not is_style:
        return LUMINANCE if is_luminance else None
    content, style = (_moments(spec.pictures[each]) for each in ("content", name))
    return matching_luminance(content, style) if is_luminance else matching(str(spec.colours), content, style)


def _styles(spec: Spec) -> set[str]:
    """Return the names of pictures whose positions do not matter: targets of losses that accept any shape."""
    terms = (term for term in spec.terms if not losses.find(term.loss).same_shape)
    return ({name for term in terms for name in target_names(term)} | {"style"}) - {"content"}


@lru_cache(maxsize=64)
def _moments(picture: Picture) -> Moments:
    return moments(full_image(picture))


def _own_content(spec: Spec, width: int, height: int) -> Image:
    return _resized(spec.pictures["content"], width, height, spec.resize or "lanczos")


@lru_cache(maxsize=1)
def _resized(picture: Picture, width: int, height: int, resize: str) -> Image:
    return full_image(picture).resize((width, height), Resampling[resize.upper()])


def _luma(picture: Tensor) -> Tensor:
    """Return the luminance (1, 1, H, W) of a picture."""
    shares = torch.from_numpy(LUMA).to(picture).view(1, 3, 1, 1)
    return (picture * shares).sum(dim=1, keepdim=True)
