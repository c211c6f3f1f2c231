"""Part 2: textures from different noises differ, and whether by the noise's distribution."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nst.writeup.claims.pixels import aligned_difference, colour_distance, corner, short_side, stroke_distance
from nst.writeup.claims.runs import Run, of_kind, where
from nst.writeup.claims.shots import Shot, distance, noise_sets, pairs
from nst.writeup.claims.statement import TENTH, Finding, Question, Row, average, quotient, replicates, short_mean

LEAST_REAL = 0.5
"""Textures differ in more than place if half of their distance to the style is left at the best shift."""


@dataclass(frozen=True)
class _Part:
    """A part of all textures: what was said of it, and the textures cut to it."""

    name: str
    quote: str
    sets: Sequence[Sequence[Shot]]

    def said(self, rows: Sequence[Row], keys: tuple[str, str], unit: str) -> str:
        """Say the means of two columns."""
        shots = [shot for found in self.sets for shot in found]
        side = min((short_side(shot["image"]) for shot in shots), default=0)
        what = "Whole picture" if self.name == "whole picture" else f"Upper left corner of {side} px"
        first, second = (short_mean([row[key] for row in rows]) for key in keys)
        place = where([shot.run for shot in shots])
        return f"{what} {place}: {first} {unit} {keys[0]}, {second} {keys[1]}; the ratio is"


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
    sets = noise_sets(of_kind(runs, "texture"), "image", "style_picture")
    parts = (
        _Part(
            "whole picture",
            "As you can see, different noise distribution affects the brushstrokes in the texture generated.",
            sets,
        ),
        _Part(
            "corner",
            "Below is the top left part(0,0-100,100px) of the generated texture.",
            [[_cut(shot) for shot in found] for found in sets],
        ),
    )
    return (*(_shift(part) for part in parts), *(_strokes(part) for part in parts))


def _cut(shot: Shot) -> Shot:
    return Shot(shot.run, {name: corner(picture) for name, picture in shot.pictures.items()})


def _shift(part: _Part) -> Finding:
    question = Question(
        claim="noise_textures",
        quote=part.quote,
        statistic="Difference of two distributions' textures over their difference to the style, each at its best "
        f"cyclic shift; {part.name}, a ratio for each style.",
        least=LEAST_REAL,
    )
    rows: list[Row] = []
    for shots in part.sets:
        between = [aligned_difference(a["image"], b["image"]) for a, b in pairs(shots, same=False)]
        to_style = float(np.mean([aligned_difference(shot["image"], shot["style_picture"]) for shot in shots]))
        if between and to_style > 0:
            row: Row = {
                "style": shots[0].run.style,
                "between noises": float(np.mean(between)),
                "to the style": to_style,
            }
            rows.append({**row, "ratio": row["between noises"] / to_style})
    estimate = average(replicates((row["style"], row["ratio"]) for row in rows))
    return question.decide(estimate, part.said(rows, ("between noises", "to the style"), "levels"), rows)


def _strokes(part: _Part) -> Finding:
    question = Question(
        claim="noise_textures",
        quote=part.quote,
        statistic="Distance of power spectra (octaves, over half-octaves of frequency) between textures from different "
        f"distributions over that between seeds of the same one; {part.name}, a ratio for each style.",
        least=TENTH,
    )
    keys = ("between distributions", "between seeds")
    rows: list[Row] = []
    for shots in part.sets:
        distributions, seeds = (pairs(shots, same=same) for same in (False, True))
        row: Row = {"style": shots[0].run.style}
        row |= dict(zip(keys, (distance(stroke_distance, found) for found in (distributions, seeds)), strict=True))
        if row[keys[0]] > 0 and row[keys[1]] > 0:
            row["colours, levels: distributions"] = distance(colour_distance, distributions)
            rows.append(row | {"colours, levels: seeds": distance(colour_distance, seeds)})
    logs = [(row["style"], math.log(row[keys[0]] / row[keys[1]])) for row in rows]
    return question.decide(quotient(replicates(logs)), part.said(rows, keys, "octaves"), rows)
