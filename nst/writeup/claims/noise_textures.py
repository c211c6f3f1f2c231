"""Part 2: textures from different noises differ, and whether by the noise's distribution."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nst.writeup.claims.estimate import average, quotient, replicates, short
from nst.writeup.claims.finding import TENTH, Finding, Question, Row
from nst.writeup.claims.pixels import Array, aligned_difference, colour_distance, corner, read, short_side
from nst.writeup.claims.runs import NOISES, Run, groups, of_kind, where
from nst.writeup.claims.spectrum import stroke_distance

LEAST_REAL = 0.5
"""Textures differ in more than place if half of their distance to the style is left at the best shift."""

_QUOTE = "As you can see, different noise distribution affects the brushstrokes in the texture generated."
_CORNER = "Below is the top left part(0,0-100,100px) of the generated texture."


@dataclass(frozen=True)
class _Texture:
    """A texture and its style, of one shape."""

    run: Run
    image: Array
    style: Array


def noise_textures(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Test if textures from different noises differ by more than a shift, and by distribution more than by seed.

    Shift: root mean square difference of two distributions' textures over their mean difference to the style picture,
    each at its best cyclic shift. 0 for textures that are shifted copies, 1 for textures that are as far from each
    other as from the style. Holds if the interval lies above `LEAST_REAL`.

    Distribution: distance of power spectra (strokes, wherever they lie) between distributions over that between seeds
    of the same one. Holds if the interval lies above `TENTH`, does not if it lies below.

    Both of the whole picture and of its corner (0, 0) to (100, 100), which is smaller in proportion if the shorter
    side is below 512. From textures (no content loss) that differ by start and seed alone.
    """
    sets = [_textures(group) for group in groups(of_kind(runs, "texture"), ["init", "seed"])]
    sets = [textures for textures in sets if len({texture.run.init for texture in textures}) > 1]
    parts: tuple[tuple[str, Callable[[Array], Array]], ...] = (("whole picture", np.asarray), ("corner", corner))
    return (*(_shift(name, part, sets) for name, part in parts), *(_strokes(name, part, sets) for name, part in parts))


def _textures(group: Sequence[Run]) -> list[_Texture]:
    found = []
    for run in group:
        image, style = read(run.image), read(run.style_picture)
        if run.init in NOISES and image is not None and style is not None and image.shape == style.shape:
            found.append(_Texture(run, image, style))
    return found


def _shift(name: str, part: Callable[[Array], Array], sets: Sequence[Sequence[_Texture]]) -> Finding:
    question = Question(
        claim="noise_textures",
        quote=_QUOTE if name == "whole picture" else _CORNER,
        statistic="Difference of two distributions' textures over their difference to the style, each at its best "
        f"cyclic shift; {name}, a ratio for each style.",
        least=LEAST_REAL,
    )
    rows: list[Row] = []
    for textures in sets:
        pairs = [aligned_difference(part(a.image), part(b.image)) for a, b in _pairs(textures, same=False)]
        to_style = float(np.mean([aligned_difference(part(t.image), part(t.style)) for t in textures]))
        if pairs and to_style > 0:
            style, between = textures[0].run.style, float(np.mean(pairs))
            rows.append(
                {"style": style, "between noises": between, "to the style": to_style, "ratio": between / to_style}
            )
    ratios = [(str(row["style"]), row["ratio"]) for row in rows]
    said = _said(rows, sets, ("between noises", "to the style"), "levels", name)
    return question.decide(average(replicates(ratios)), said, rows)


def _strokes(name: str, part: Callable[[Array], Array], sets: Sequence[Sequence[_Texture]]) -> Finding:
    question = Question(
        claim="noise_textures",
        quote=_QUOTE if name == "whole picture" else _CORNER,
        statistic="Distance of power spectra (octaves, over half-octaves of frequency) between textures from different "
        f"distributions over that between seeds of the same one; {name}, a ratio for each style.",
        least=TENTH,
    )
    rows: list[Row] = []
    logs = []
    for textures in sets:
        between, within = (_distance(stroke_distance, part, _pairs(textures, same=same)) for same in (False, True))
        if between > 0 and within > 0:
            logs.append((textures[0].run.style, math.log(between / within)))
            colours = [_distance(colour_distance, part, _pairs(textures, same=same)) for same in (False, True)]
            row: Row = {"style": textures[0].run.style}
            row |= {"between distributions": between, "between seeds": within}
            row |= {"colours, levels: distributions": colours[0], "colours, levels: seeds": colours[1]}
            rows.append(row)
    said = _said(rows, sets, ("between distributions", "between seeds"), "octaves", name)
    return question.decide(quotient(replicates(logs)), said, rows)


def _pairs(textures: Sequence[_Texture], *, same: bool) -> list[tuple[_Texture, _Texture]]:
    """Return pairs of one distribution, or of two, with different seeds: equal ones share their random numbers."""
    pairs = ((a, b) for a, b in itertools.combinations(textures, 2) if a.run.seed != b.run.seed)
    return [(a, b) for a, b in pairs if (a.run.init == b.run.init) is same]


def _distance(
    measure: Callable[[Array, Array], float], part: Callable[[Array], Array], pairs: Sequence[tuple[_Texture, _Texture]]
) -> float:
    """Return the root mean square over the pairs; NaN without pairs."""
    squares = [measure(part(a.image), part(b.image)) ** 2 for a, b in pairs]
    return math.sqrt(np.mean(squares)) if squares else math.nan


def _said(rows: Sequence[Row], sets: Sequence[Sequence[_Texture]], keys: tuple[str, str], unit: str, name: str) -> str:
    if not rows:
        return ""
    means = [float(np.mean([row[key] for row in rows])) for key in keys]
    first, second = (short(value) for value in means)
    textures = [texture for found in sets for texture in found]
    place = where([texture.run for texture in textures])
    side = min((short_side(corner(texture.image)) for texture in textures), default=0)
    what = "Whole picture" if name == "whole picture" else f"Upper left corner of {side} px"
    return f"{what} {place}: {first} {unit} {keys[0]}, {second} {keys[1]}; the ratio is"
