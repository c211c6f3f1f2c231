"""Kalischek, Wegner and Schindler 2021: style as distributions of features, matched by their central moments."""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from nst.metrics.moments import feature_distance, pixel_distance
from nst.papers.paper import Claim, Paper
from nst.statements.computed import with_number
from nst.statements.paired import by_ratio, compared, has
from nst.statements.pixels import read
from nst.statements.runs import Run
from nst.statements.statement import Finding, Question

_MOMENTS = (
    "Gram matrices and batch-normalisation statistics match second moments of features alone; central moments match "
    "the higher ones as well."
)
_FEATURES, _PIXELS = "distance of third moments", "distance of third moments in levels"
_RIVALS = {"gram": "Gram matrices", "mean_std": "means and deviations"}
_PLACES = {
    _FEATURES: "features at relu4_1",
    _PIXELS: "the pixels' R, G and B",
}
Distance = Callable[[Image.Image, Image.Image], float | None]
_DISTANCES: dict[str, Distance] = {
    _FEATURES: feature_distance,
    _PIXELS: pixel_distance,
}


def moments(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare third moments, where no loss matches them itself, with those of the style."""
    measured = [_measured(run) for run in runs]
    found = []
    for place, words in _PLACES.items():
        for rival, name in _RIVALS.items():
            statistic = (
                f"Root mean square distance of third central moments (cube roots) of {words} to the style's, {name} "
                "over central moments, a ratio for each pair of pictures."
            )
            pairs = compared(measured, ["style_loss"], has("style_loss", "cmd"), has("style_loss", rival))
            question = Question("moments", _MOMENTS, statistic)
            found.append(by_ratio(question, pairs, place, "No loss sees these itself.", ("central moments", name)))
    return tuple(found)


def _measured(run: Run) -> Run:
    image, style = (read(run.paths.get(name)) for name in ("image", "style_picture"))
    if image is None or style is None:
        return run
    pictures = [Image.fromarray(picture.astype(np.uint8)) for picture in (image, style)]
    for name, distance in _DISTANCES.items():
        found = distance(pictures[0], pictures[1])
        run = run if found is None else with_number(run, name, found)
    return run


PAPER = Paper(
    name="kalischek2021",
    title="In the Light of Feature Distributions: Moment Matching for Neural Style Transfer",
    authors="Kalischek, Wegner, Schindler",
    year=2021,
    venue="CVPR",
    link="https://arxiv.org/abs/2103.07208",
    note="A re-implementation's code was read, the paper's tables were not. Six built-in pairs, small, from the "
    "content, at conv_1 to conv_5, each loss balanced at the start. At these layers third moments are what the loss "
    "minimises (after a sigmoid), and it would win by its own quantity. So they are measured where no loss looks: at "
    "relu4_1, deeper than all of its layers, and in the pixels. conv_1 is a linear map of the pixels, so those are "
    "near to its own; relu4_1 counts for more.",
    claims=(
        Claim(
            name="moments",
            sweep="kalischek2021_moments",
            varied="style_loss: gram, mean_std (batch normalisation), cmd",
            words=_MOMENTS,
            place="Abstract; the re-implementation's losses",
            known="abstract",
            prediction="Third moments are nearer to the style's by a tenth or more than with either of the others.",
            test=moments,
        ),
    ),
)
