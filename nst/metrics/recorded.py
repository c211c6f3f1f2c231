"""Measure a finished run: its losses in fp32, and distances that do not depend on its own layers and network.

Also remark in one line on an unusual result, and name the keys that would change it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor

from nst import losses, networks
from nst.colours import as_optimised, own_content
from nst.networks.base.weights import identify
from nst.objective.objective import build_objective, targets
from nst.objective.reference import LossValues
from nst.objective.targets import ChainTargets, Picture
from nst.pictures.tensors import to_tensor
from nst.spec.records import Lbfgs, NetworkRef, Spec, target_names

STYLE_LAYERS = tuple(f"conv_{number}" for number in range(1, 6))
CONTENT_LAYER = "conv_10"
"""Fixed layers (the tutorial's style layers, the paper's content layer), so that runs with other layers compare."""
SSIM_WINDOW = 7
STILL = 0.1
"""Grey levels: a picture has not moved if its mean difference from its start is less."""
SATURATED = 0.5
"""A picture is at its bounds if more than this share of its numbers is 0 or 255."""


@dataclass(frozen=True)
class Metrics:
    """Losses of the final picture in fp32 (`png`: of the 8-bit file); distances are None if they are undefined."""

    losses: LossValues
    losses_png: LossValues
    psnr_content_db: float | None
    ssim_content: float | None
    gram_distance_style: float | None
    feature_distance_content: float | None


@torch.no_grad()
def measure(spec: Spec, picture: Tensor, image: Image, pictures: Mapping[str, Image]) -> Metrics:
    """Measure a final picture (1, 3, H, W), as it was optimised, and the 8-bit `image` made from it.

    `pictures`: resized, keyed by name, in the colours in which they entered. Losses and the distance to the style refer
    to these, so runs with different `colours` are not comparable by them; with `colours=luminance` they are those of
    the luminances of `picture` and `image`. Distances to the content compare `image` with the content in its original
    colours, so they are comparable.
    """
    objective = build_objective(spec, "fp32", pictures, (picture.shape[2], picture.shape[3]))
    content, device, seen = own_content(spec, pictures), spec.runtime.device, as_optimised(spec, image)
    return Metrics(
        losses=objective.losses(picture.float()).values(objective.names),
        losses_png=objective.losses(to_tensor(seen).to(device)).values(objective.names),
        psnr_content_db=psnr_db(image, content),
        ssim_content=ssim(image, content),
        gram_distance_style=gram_distance(seen, whole_styles(spec, pictures), device),
        feature_distance_content=feature_distance(image, content, device),
    )


def whole_styles(spec: Spec, pictures: Mapping[str, Image]) -> list[tuple[Image, float]]:
    """Return the styles that all of the picture follows as a whole, with their shares; none if one has a mask."""
    styles = run_styles(spec)
    names = [name for name, _ in styles]
    terms = [term for term in spec.terms if set(names) & set(target_names(term))]
    has_mask = any(term.has_mask for term in terms)
    return [] if has_mask else [(pictures[name], share) for name, share in styles if name in pictures]


def run_styles(spec: Spec) -> list[tuple[str, float]]:
    """Return the names and shares of the styles; without any, of the pictures that all further losses use."""
    terms = (term for term in spec.terms if term.name != "content" and not losses.find(term.loss).same_shape)
    further = [*{term.targets: term for term in terms if term.targets}.values()]
    term = spec.term("style") or (further[0] if len(further) == 1 else None)
    if term is None or ("style" in spec.pictures and not spec.term("style")):
        return [("style", 1.0)]  # it may only be the start
    return [(name, target.weight) for name, target in zip(target_names(term), term.targets, strict=True)]


def psnr_db(image: Image, reference: Image | None) -> float | None:
    """Return the peak signal-to-noise ratio of 8-bit pictures in dB; None if equal or of different shape."""
    if reference is None or image.size != reference.size:
        return None
    error = float(np.mean((np.asarray(image, dtype=np.float64) - np.asarray(reference, dtype=np.float64)) ** 2))
    return None if error == 0 else 10 * float(np.log10(255**2 / error))


def ssim(image: Image, reference: Image | None) -> float | None:
    """Return the mean structural similarity (Wang et al. 2004), 1 for equal pictures; None below 7 pixels."""
    if reference is None or image.size != reference.size or min(image.size) < SSIM_WINDOW:
        return None
    from skimage.metrics import structural_similarity

    return float(structural_similarity(np.asarray(image), np.asarray(reference), win_size=SSIM_WINDOW, channel_axis=2))


def gram_distance(image: Image, styles: Sequence[tuple[Image, float]], device: str = "cpu") -> float | None:
    """Return the sum over `STYLE_LAYERS` of mean squared differences of Gram matrices; None for pictures too small.

    `styles`: pictures with shares that sum to 1; with several, the distance is to the weighted mean of their Gram
    matrices.
    """
    if not styles or _too_small(STYLE_LAYERS[-1], image, *(style for style, _ in styles)):
        return None
    source = feature_source(device)
    ours = source.statistics(to_tensor(image), STYLE_LAYERS)  # a tensor is not cached
    each = [(source.statistics(style, STYLE_LAYERS), share) for style, share in styles]
    theirs = {layer: sum(share * found[layer].moment for found, share in each) for layer in STYLE_LAYERS}
    grams = ((ours[layer].moment - theirs[layer]) / len(ours[layer].mean) for layer in STYLE_LAYERS)
    return sum(float(difference.square().mean()) for difference in grams)


def feature_distance(image: Image, content: Image | None, device: str = "cpu") -> float | None:
    """Return the mean squared difference of features at `CONTENT_LAYER`; None for pictures of different shape."""
    if content is None or image.size != content.size or _too_small(CONTENT_LAYER, image):
        return None
    found: tuple[Picture, Picture] = (to_tensor(image), content)
    ours, theirs = (feature_source(device).features(each, [CONTENT_LAYER]) for each in found)
    return float((ours[CONTENT_LAYER] - theirs[CONTENT_LAYER]).square().mean())


def feature_source(device: str) -> ChainTargets:
    """Return the fixed source of features: VGG-19 with the bundled weights in float32, whatever the run used."""
    weights = identify(networks.architecture("vgg19"), "bundled")
    return targets(NetworkRef("vgg19", weights), "fp32", device)


def _too_small(layer: str, *images: Image) -> bool:
    reduction = networks.architecture("vgg19").at(layer).reduction
    return any(min(image.size) < reduction for image in images)


def remark(spec: Spec, image: Image, start: Image, pictures: Iterable[Image]) -> str | None:
    """Return a remark on a finished run whose picture equals its start or is at its bounds; None for any other.

    `pictures`: the inputs of the run; if one of them is black and white, the result may be, too. A single step never
    moves a picture far: the first step of L-BFGS moves all numbers together by at most 1. With several scales the
    start is smaller than the picture, which no longer equals it once enlarged.
    """
    if image.size == start.size and _difference(image, start) < STILL and spec.steps > 1:
        return f"the picture has hardly left its start; try more steps (now {spec.steps}) or other weights"
    share = _share_at_bounds(image)
    if share > SATURATED and not any(_share_at_bounds(one) > SATURATED for one in pictures):
        return f"{share:.0%} of the picture is pure black or white; try {_smaller_steps(spec)}"
    return None


def _difference(image: Image, start: Image) -> float:
    return float(np.abs(np.asarray(image, dtype=np.float32) - np.asarray(start, dtype=np.float32)).mean())


def against_divergence(spec: Spec) -> str:
    """Return the keys that keep a run from diverging."""
    return f"try {_smaller_steps(spec)} or a smaller weight"


def _smaller_steps(spec: Spec) -> str:
    smaller = f"a smaller optimizer.lr (now {spec.optimizer.lr:g})"
    clamps = isinstance(spec.optimizer, Lbfgs) and spec.optimizer.clamp != "projected"
    return f"optimizer.clamp=projected, {smaller}" if clamps else smaller


def _share_at_bounds(image: Image) -> float:
    pixels = np.asarray(image)
    return float(((pixels == 0) | (pixels == 255)).mean())
