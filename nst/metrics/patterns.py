"""LP: how near the patches of a picture's features are to the style's, and how many of those it uses.

Wang et al. 2021. The time of the search grows with the square of the pixels, so it is made at 256 px, and if asked for.
"""

import torch
import torch.nn.functional as F
from PIL.Image import Image
from torch import Tensor

from nst.metrics.ruler import activations
from nst.pictures.load import fit
from nst.pictures.tensors import to_tensor

LAYERS = ("relu_5", "relu_9")
"""relu3_1 and relu4_1."""
DEEPEST = 9
SIDE = 3
SIZE = 256
"""Pixels of the shorter side of pictures, at most."""
BLOCK = 2**23
"""Similarities that are held at a time."""


def local_patterns(image: Image, style: Image) -> float | None:
    """Return the mean over layers of (similarity + diversity) / 2: 1 if the picture is the style; None if too small."""
    ours, theirs = (_features(each) for each in (image, style))
    pairs = [(ours[layer], theirs[layer]) for layer in LAYERS if layer in ours and layer in theirs]
    if len(pairs) < len(LAYERS) or any(min(each.shape[2:]) < SIDE for pair in pairs for each in pair):
        return None
    found = [patch_match(_patches(one), _patches(other)) for one, other in pairs]
    return sum(similarity + diversity for similarity, diversity in found) / (2 * len(found))


def patch_match(ours: Tensor, theirs: Tensor) -> tuple[float, float]:
    """Match patches (N, K) of length 1 with their nearest of the style; return similarity and diversity.

    Similarity: the mean cosine. Diversity: distinct patches of the style that are used, over those that the style uses
    when it is matched with itself.
    """
    similar, used = _nearest(ours, theirs)
    own = _nearest(theirs, theirs)[1]
    return float(similar.mean()), len(set(used.tolist())) / len(set(own.tolist()))


def _nearest(ours: Tensor, theirs: Tensor) -> tuple[Tensor, Tensor]:
    """Return the cosine with the nearest patch, and its number, for each patch; in blocks of rows."""
    blocks = [(rows @ theirs.T).max(dim=1) for rows in torch.split(ours, max(1, BLOCK // len(theirs)))]
    return torch.cat([block.values for block in blocks]), torch.cat([block.indices for block in blocks])


def _patches(feature: Tensor) -> Tensor:
    return F.normalize(F.unfold(feature, SIDE)[0].T, dim=1)


def _features(image: Image) -> dict[str, Tensor]:
    small = fit(image, SIZE) if min(image.size) > SIZE else image
    return {layer: feature for layer, feature in activations(to_tensor(small), DEEPEST) if layer in LAYERS}
