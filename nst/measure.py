"""What is measured when a run ends: its losses again in fp32, and distances that do not depend on its own layers."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor

from nst.network.table import CONVOLUTIONS
from nst.network.vgg import vgg19
from nst.objective.losses import content_loss, style_loss
from nst.objective.losses import gram as gram_matrix
from nst.objective.reference import LossValues, Reference
from nst.pictures.tensors import to_tensor
from nst.spec.spec import Spec

STYLE_RULER = tuple(f"conv_{number}" for number in range(1, 6))
CONTENT_RULER = "conv_10"
"""Fixed layers (the tutorial's style layers, the paper's content layer), so that runs with other layers compare."""
SSIM_WINDOW = 7


@dataclass(frozen=True)
class Measurements:
    """Losses of the final picture in fp32 (`png`: of the 8-bit file); distances are None where they have no meaning."""

    losses: LossValues
    losses_png: LossValues
    psnr_content_db: float | None
    ssim_content: float | None
    gram_distance_style: float | None
    feature_distance_content: float | None


@torch.no_grad()
def measure(spec: Spec, picture: Tensor, image: Image, content: Image | None, style: Image | None) -> Measurements:
    """Measure a final picture (1, 3, H, W) and its 8-bit `image` against the inputs as they entered."""
    network = vgg19(spec.weights, torch.float32, spec.device)
    targets = [None if side is None else to_tensor(side).to(spec.device) for side in (content, style)]
    objective = Reference(spec, network, *targets)
    png = to_tensor(image).to(spec.device)
    return Measurements(
        losses=objective.losses(picture.float()).values(),
        losses_png=objective.losses(png).values(),
        psnr_content_db=psnr_db(image, content),
        ssim_content=ssim(image, content),
        gram_distance_style=_gram_distance(spec, png, targets[1]),
        feature_distance_content=_feature_distance(spec, png, targets[0]),
    )


def psnr_db(image: Image, reference: Image | None) -> float | None:
    """Peak signal-to-noise ratio of two 8-bit pictures in decibels; None for equal ones or ones of different shape."""
    if reference is None or image.size != reference.size:
        return None
    error = float(np.mean((np.asarray(image, dtype=np.float64) - np.asarray(reference, dtype=np.float64)) ** 2))
    return None if error == 0 else 10 * float(np.log10(255**2 / error))


def ssim(image: Image, reference: Image | None) -> float | None:
    """Mean structural similarity (Wang et al. 2004), 1 for equal pictures; None below its window of 7 pixels."""
    if reference is None or image.size != reference.size or min(image.size) < SSIM_WINDOW:
        return None
    from skimage.metrics import structural_similarity

    return float(structural_similarity(np.asarray(image), np.asarray(reference), win_size=SSIM_WINDOW, channel_axis=2))


def _gram_distance(spec: Spec, picture: Tensor, style: Tensor | None) -> float | None:
    if style is None or _too_small(STYLE_RULER[-1], picture, style):
        return None
    network = vgg19(spec.weights, torch.float32, spec.device)
    ours, theirs = (network.features(side, STYLE_RULER) for side in (picture, style))
    return float(sum(style_loss(ours[layer], gram_matrix(theirs[layer])) for layer in STYLE_RULER))


def _feature_distance(spec: Spec, picture: Tensor, content: Tensor | None) -> float | None:
    if content is None or picture.shape != content.shape or _too_small(CONTENT_RULER, picture):
        return None
    network = vgg19(spec.weights, torch.float32, spec.device)
    ours, theirs = (network.features(side, [CONTENT_RULER])[CONTENT_RULER] for side in (picture, content))
    return float(content_loss(ours, theirs))


def _too_small(layer: str, *pictures: Tensor) -> bool:
    reduction = CONVOLUTIONS[int(layer.split("_")[1]) - 1].reduction
    return any(min(picture.shape[2:]) < reduction for picture in pictures)
