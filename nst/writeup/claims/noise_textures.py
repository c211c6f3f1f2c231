"""Part 2: textures from different noises differ, and whether by the noise's distribution."""

import math
from collections.abc import Sequence

import numpy as np

from nst.writeup.claims.pixels import aligned_difference, colour_distance, corner, short_side, stroke_distance
from nst.writeup.claims.runs import Run, of_kind, where
from nst.writeup.claims.shots import Shot, distance, noise_sets, pairs
from nst.writeup.claims.statement import TENTH, Finding, Question, Row, average, quotient, replicates, short_mean

LEAST_REAL = 0.5
"""Textures differ in more than place if half of their distance to the style is left at the best shift."""

_QUOTES = {
    "whole picture": "As you can see, different noise distribution affects the brushstrokes in the texture generated.",
    "corner": "Below is the top left part(0,0-100,100px) of the generated texture.",
}
_Sets = Sequence[Sequence[Shot]]


def noise_textures(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Test if textures from different noises differ by more than a shift, and by distribution more than by seed.

    Shift: root mean square difference of two distributions' textures over their mean difference to the style picture,
    each at its best cyclic shift. 0 for textures that are shifted copies, 1 for textures that are as far from each
    other as from the style.

    Distribution: distance of power spectra (strokes, wherever they lie) between distributions over that between seeds
    of the same one.

    Both of the whole picture and of its corner (0, 0) to (100, 100), which is smaller in proportion if the shorter
    side is below 512. From textures (no content loss) that differ by start and seed alone.
    """
    whole = noise_sets(of_kind(runs, "texture"), "image", "style_picture")
    parts = {"whole picture": whole, "corner": [[_cut(shot) for shot in shots] for shots in whole]}
    return tuple(test(part, sets) for test in (_shift, _strokes) for part, sets in parts.items())


def _cut(shot: Shot) -> Shot:
    return Shot(shot.run, {name: corner(picture) for name, picture in shot.pictures.items()})


def _shift(part: str, sets: _Sets) -> Finding:
    question = Question(
        claim="noise_textures",
        quote=_QUOTES[part],
        statistic="Difference of two distributions' textures over their difference to the style, each at its best "
        f"cyclic shift; {part}, a ratio for each style.",
        least=LEAST_REAL,
    )
    rows: list[Row] = []
    for shots in sets:
        between = [aligned_difference(a["image"], b["image"]) for a, b in pairs(shots, same=False)]
        to_style = float(np.mean([aligned_difference(shot["image"], shot["style_picture"]) for shot in shots]))
        if between and to_style > 0:
            row: Row = {
                "style": shots[0].run.style,
                "between noises": float(np.mean(between)),
                "to the style": to_style,
            }
            rows.append({**row, "ratio": row["between noises"] / to_style})
    ratios = ((row["style"], row["ratio"]) for row in rows)
    said = _said(part, sets, rows, ("between noises", "to the style"), "levels")
    return question.decide(average(replicates(ratios)), said, rows)


def _strokes(part: str, sets: _Sets) -> Finding:
    question = Question(
        claim="noise_textures",
        quote=_QUOTES[part],
        statistic="Distance of power spectra (octaves, over half-octaves of frequency) between textures from different "
        f"distributions over that between seeds of the same one; {part}, a ratio for each style.",
        least=TENTH,
    )
    keys = ("between distributions", "between seeds")
    colours = ("colours, levels: distributions", "colours, levels: seeds")
    rows: list[Row] = []
    for shots in sets:
        compared = [pairs(shots, same=same) for same in (False, True)]
        strokes = [distance(stroke_distance, found) for found in compared]
        if strokes[0] > 0 and strokes[1] > 0:
            numbers = [*strokes, *(distance(colour_distance, found) for found in compared)]
            rows.append({"style": shots[0].run.style, **dict(zip((*keys, *colours), numbers, strict=True))})
    logs = ((row["style"], math.log(row[keys[0]] / row[keys[1]])) for row in rows)
    return question.decide(quotient(replicates(logs)), _said(part, sets, rows, keys, "octaves"), rows)


def _said(part: str, sets: _Sets, rows: Sequence[Row], keys: tuple[str, str], unit: str) -> str:
    shots = [shot for found in sets for shot in found]
    side = min((short_side(shot["image"]) for shot in shots), default=0)
    what = "Whole picture" if part == "whole picture" else f"Upper left corner of {side} px"
    first, second = (short_mean([row[key] for row in rows]) for key in keys)
    place = where([shot.run for shot in shots])
    return f"{what} {place}: {first} {unit} {keys[0]}, {second} {keys[1]}; the ratio is"
