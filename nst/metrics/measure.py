"""What is measured when a run ends: its losses again in fp32, and distances that do not depend on its own layers."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor

from nst.networks.base.architecture import CONVOLUTIONS
from nst.networks.base.network import vgg19
from nst.objective.prepare import key, on, prepare_objective
from nst.objective.reference import LossValues
from nst.objective.targets import content_targets, style_targets
from nst.pictures.tensors import to_tensor
from nst.spec.layers import layer_number
from nst.spec.signature import Spec

STYLE_RULER = tuple(f"conv_{number}" for number in range(1, 6))
CONTENT_RULER = "conv_10"
"""Fixed layers (the tutorial's style layers, the paper's content layer), so that runs with other layers compare."""
SSIM_WINDOW = 7


@dataclass(frozen=True)
class Metrics:
    """Losses of the final picture in fp32 (`png`: of the 8-bit file); distances are None where they have no meaning."""

    losses: LossValues
    losses_png: LossValues
    psnr_content_db: float | None
    ssim_content: float | None
    gram_distance_style: float | None
    feature_distance_content: float | None


@torch.no_grad()
def measure(spec: Spec, picture: Tensor, image: Image, content: Image | None, style: Image | None) -> Metrics:
    """Measure a final picture (1, 3, H, W) and its 8-bit `image` against the inputs as they entered."""
    objective = prepare_objective(spec, "fp32", content, style, (picture.shape[2], picture.shape[3]))
    return Metrics(
        losses=objective.losses(picture.float()).values(),
        losses_png=objective.losses(to_tensor(image).to(spec.device)).values(),
        psnr_content_db=psnr_db(image, content),
        ssim_content=ssim(image, content),
        gram_distance_style=_gram_distance(spec, image, style),
        feature_distance_content=_feature_distance(spec, image, content),
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


def _gram_distance(spec: Spec, image: Image, style: Image | None) -> float | None:
    if style is None or _too_small(STYLE_RULER[-1], image, style):
        return None
    network = vgg19(spec.weights, torch.float32, spec.device)
    theirs = style_targets(network, on(network, style), STYLE_RULER, "max", key(spec, network, style))
    ours = style_targets(network, on(network, image), STYLE_RULER, "max")
    return sum(float((ours[layer] - theirs[layer]).square().mean()) for layer in STYLE_RULER)


def _feature_distance(spec: Spec, image: Image, content: Image | None) -> float | None:
    if content is None or image.size != content.size or _too_small(CONTENT_RULER, image):
        return None
    network = vgg19(spec.weights, torch.float32, spec.device)
    theirs = content_targets(network, on(network, content), [CONTENT_RULER], "max", key(spec, network, content))
    ours = content_targets(network, on(network, image), [CONTENT_RULER], "max")
    return float((ours[CONTENT_RULER] - theirs[CONTENT_RULER]).square().mean())


def _too_small(layer: str, *images: Image) -> bool:
    reduction = CONVOLUTIONS[layer_number(layer) - 1].reduction
    return any(min(image.size) < reduction for image in images)
