"""Frames of sweeps with known trade-offs: content kept falls with the weight, and the style is met better."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

PAIRS = (("a", "k"), ("b", "l"), ("c", "m"), ("d", "n"), ("e", "o"), ("f", "p"))
WEIGHTS = (1e3, 1e4, 1e5)
WOBBLE = (0.001, -0.002, 0.003, 0.0, -0.001, 0.002)
"""So that no two pairs of pictures have equal differences."""
Points = Callable[[int, int], tuple[float, float]]
"""(number of the pair, number of the weight) to (content kept, style met)."""


def line(lift: float = 0.0, shift: float = 0.0) -> Points:
    """y = 1 - x + lift at x = 0.8, 0.6, 0.4, for each pair a little different; `shift` moves along the line."""

    def at(pair: int, weight: int) -> tuple[float, float]:
        x = 0.8 - 0.2 * weight + shift
        return x, 1 - x + lift + (WOBBLE[pair] if lift or shift else 0.0)

    return at


def rows(
    method: str, points: Points, pairs: Sequence[tuple[str, str]] = PAIRS, weights: Sequence[float] = WEIGHTS
) -> list[dict[str, Any]]:
    """The runs of one method."""
    return [
        {"style_loss": method, "content": content, "style": style, "style_weight": weight, "state": "done"}
        | measures(*points(number, step))
        for number, (content, style) in enumerate(pairs)
        for step, weight in enumerate(weights)
    ]


def measures(x: float, y: float) -> dict[str, float]:
    """All measures to the content say the same, and so do all of those to the style."""
    return {
        **{"content_fidelity": x, "gms_content": x, "global_effects": y, "global_effects_colours": y},
        **{"colour_distance_style": 1 - y, "vgg_frechet_style": 1 - y},
    }


def frame(*runs: Iterable[Mapping[str, Any]], keys: Sequence[str] = ()) -> pd.DataFrame:
    """The frame of all these runs; `keys`: more keys than the four usual ones."""
    found = pd.DataFrame([run for some in runs for run in some])
    found.attrs["keys"] = (*keys, "content", "style", "style_loss", "style_weight")
    return found
