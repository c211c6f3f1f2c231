"""Take every measure of a picture, against a content and styles of any other tool or run."""

from collections.abc import Sequence

import torch
from PIL.Image import Image

from nst.memory.estimate import TooLarge, free_bytes
from nst.metrics import border, colours, edges, features, patterns, spectrum, statistics
from nst.metrics.recorded import psnr_db, ssim
from nst.metrics.ruler import activations
from nst.metrics.self_similarity import cfsd
from nst.metrics.table import measure_names
from nst.objective.layer_losses import Statistic
from nst.pictures.tensors import to_tensor

BYTES_PER_PIXEL = 5 * 64 * 4
"""Features of the first block that are held at once, in float32."""
Values = dict[str, float | None]


@torch.no_grad()
def take(
    image: Image, content: Image | None, styles: Sequence[tuple[Image, float]], *, patches: bool = False
) -> Values:
    """Return the measures of an 8-bit picture by name, in the order of the table; None for one without a meaning.

    `content`: of the same shape, or None. `styles`: of any shape, with shares whose sum is 1; a measure of several is
    the mean by share of the measures of each. `patches`: take LP as well. Raises `TooLarge` if memory does not suffice.
    """
    _check_memory(image, *(style for style, _ in styles))
    found, ours = _by_features(image, content)
    if content is not None:
        found |= _of_content(image, content)
    each = [(_of_style(image, ours, style, patches), share) for style, share in styles]
    for name in each[0][0] if each else ():
        found[name] = _mean([(values[name], share) for values, share in each])
    found["fine_detail_levels"] = spectrum.fine(spectrum.levels(image))
    return {name: found.get(name) for name in measure_names(patches)}


def _by_features(image: Image, content: Image | None) -> tuple[Values, statistics.Statistics]:
    """Walk through the features of a picture and its content once; return measures, and statistics of the picture."""
    ours = activations(to_tensor(image), statistics.DEEPEST if content is None else 16)
    if content is None:
        return {}, statistics.statistics(ours)
    comparison = features.ContentComparison()
    found: dict[str, Statistic] = {}
    for (layer, feature), (_, other) in zip(ours, activations(to_tensor(content)), strict=True):
        comparison.add(layer, feature, other)
        found |= statistics.statistics([(layer, feature)])
    return comparison.values(), found


def _of_content(image: Image, content: Image) -> Values:
    similar = edges.gradient_similarity(image, content) or (None, None)
    return {
        "cfsd_content": cfsd(image, content),
        "gms_content": similar[0],
        "gms_deviation_content": similar[1],
        "ssim_content": ssim(image, content),
        "psnr_content_db": psnr_db(image, content),
        "stroke_scale_px": spectrum.stroke_scale(spectrum.levels(image) - spectrum.levels(content)),
        "border_ratio": border.border_ratio(image, content),
    }


def _of_style(image: Image, ours: statistics.Statistics, style: Image, patches: bool) -> Values:
    theirs = statistics.statistics(activations(to_tensor(style), statistics.DEEPEST))
    found, cosine = statistics.compared(ours, theirs), colours.channel_cosine(image, style)
    grams = found["global_effects_grams"]
    distance = spectrum.stroke_distance(spectrum.levels(image), spectrum.levels(style))
    return {
        **found,
        "global_effects": None if grams is None else (grams + cosine) / 2,
        "global_effects_colours": cosine,
        "colour_distance_style": colours.log_chroma_distance(image, style),
        "spectrum_distance_style": distance if distance == distance else None,
        **({"local_patterns": patterns.local_patterns(image, style)} if patches else {}),
    }


def _mean(values: Sequence[tuple[float | None, float]]) -> float | None:
    known = [value * share for value, share in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _check_memory(*images: Image) -> None:
    largest = max(images, key=lambda image: image.width * image.height)
    needed, free = largest.width * largest.height * BYTES_PER_PIXEL, free_bytes("cpu")
    if needed > free:
        shape = f"{largest.width} x {largest.height}"
        raise TooLarge(f"measuring {shape} needs about {needed / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free")
