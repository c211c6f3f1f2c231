"""Part 2: what a texture keeps of its style when the style loss sits in shallow, middle or deep layers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nst.writeup.claims.estimate import quotient, replicates, short
from nst.writeup.claims.finding import TENTH, Finding, Question, Row
from nst.writeup.claims.pixels import Array, colour_distance, read
from nst.writeup.claims.runs import NOISES, Run, alike, groups, of_kind, where
from nst.writeup.claims.spectrum import AREA, FINE, areas_share, fine

_KEPT = (
    "It can be inferred that in the shallow layers, the color and the large area of color block is kept, while in the "
    "middle layers, the mixing feeling is kept and in the even deeper layer, unexpected noise occurs."
)
_COLOUR = Question(
    "style_bands",
    _KEPT,
    "Distance of the texture's colours to the style's (sliced Wasserstein, levels): the other bands (geometric mean) "
    "over the shallowest, a ratio for each style.",
    TENTH,
)
_AREAS = replace(
    _COLOUR,
    statistic=f"Share of the luma's variance below {AREA} cycles per picture (areas, not strokes): the shallowest band "
    "over the others (geometric mean), a ratio for each style.",
)
_NOISE = replace(
    _COLOUR,
    statistic=f"Root mean square of the luma above {FINE:g} cycles per pixel (noise, not strokes): the deepest band "
    "over the others (geometric mean), a ratio for each style.",
)


@dataclass(frozen=True)
class _Bands:
    """The textures of one style from the shallowest band to the deepest, and the style itself."""

    style: Array
    runs: tuple[Run, ...]
    textures: tuple[Array, ...]


def style_bands(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare colour and large areas of textures in the shallowest band of style layers, noise in the deepest.

    Textures (no content loss) from noise that differ by their style layers alone, in bands that do not overlap; one
    band against the geometric mean of the others. Each of the three holds if the interval of its ratio lies above
    `TENTH`, and does not if it lies below. "The mixing feeling" of the middle layers names nothing to measure; their
    numbers are in the table.
    """
    textures = [run for run in of_kind(runs, "texture") if run.init in NOISES]
    found = [bands for group in groups(textures, ["style_layers"]) if (bands := _bands(group)) is not None]
    found = alike(found, lambda bands: tuple(run.layers("style") for run in bands.runs))
    return (
        _finding(_COLOUR, found, "colour distance to the style (levels)", colour_distance, band=0, sign=-1),
        _finding(_AREAS, found, "share of large areas", lambda texture, _: areas_share(texture), band=0, sign=1),
        _finding(_NOISE, found, "fine noise (levels)", lambda texture, _: fine(texture), band=-1, sign=1),
    )


def _bands(group: Sequence[Run]) -> _Bands | None:
    style = read(group[0].style_picture)
    layers = {layer: run for run in group if (layer := run.layers("style")) is not None}
    chosen = apart_from_each_other(list(layers))
    pictures = [(layers[band], read(layers[band].image)) for band in chosen]
    found = [(run, picture) for run, picture in pictures if picture is not None]
    if style is None or len(found) < 2 or len(found) < len(chosen):
        return None
    return _Bands(style, tuple(run for run, _ in found), tuple(picture for _, picture in found))


def apart_from_each_other(bands: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return bands (first, last) from shallow to deep, each beginning below the end of the one before."""
    chosen: list[tuple[int, int]] = []
    for band in sorted(bands, key=lambda band: (band[1], -band[0])):
        if not chosen or band[0] > chosen[-1][1]:
            chosen.append(band)
    return chosen


def _finding(
    question: Question,
    found: Sequence[_Bands],
    name: str,
    measure: Callable[[Array, Array], float],
    *,
    band: int,
    sign: int,
) -> Finding:
    """Make the finding; `band`: the one set against the others; `sign`: -1 if it should have less."""
    known = [(bands, [measure(texture, bands.style) for texture in bands.textures]) for bands in found]
    known = [(bands, numbers) for bands, numbers in known if min(numbers) > 0]
    logs = [(bands.runs[0].style, sign * _contrast(np.log(numbers), band)) for bands, numbers in known]
    rows: list[Row] = [
        {"style": run.style, "layers": _layers(run), name: value, "the style's own": measure(bands.style, bands.style)}
        for bands, numbers in known
        for run, value in zip(bands.runs, numbers, strict=True)
    ]
    return question.decide(quotient(replicates(logs)), _said(known, name), rows)


def _contrast(values: Array, band: int) -> float:
    return float(values[band] - np.mean(np.delete(values, band)))


def _layers(run: Run) -> str:
    return str(run.keys.get("style_layers"))


def _said(known: Sequence[tuple[_Bands, list[float]]], name: str) -> str:
    """Say the mean of each band, if all styles have the same."""
    if not known:
        return ""
    by_layers: dict[str, list[float]] = {}
    for bands, numbers in known:
        for run, value in zip(bands.runs, numbers, strict=True):
            by_layers.setdefault(_layers(run), []).append(value)
    means = ", ".join(f"{short(float(np.mean(v)))} with {layers}" for layers, v in by_layers.items())
    place = where([run for bands, _ in known for run in bands.runs])
    return f"The {name} {place} is {means}; the ratio is"
