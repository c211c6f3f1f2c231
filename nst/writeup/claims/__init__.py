"""Test the write-up's statements on the runs of a sweep: `python -m nst.writeup.claims`, or `judge` in a notebook."""

import pandas as pd

from nst.statements.markdown import markdown
from nst.statements.pictures import meant, split
from nst.statements.runs import Run, finished, once
from nst.statements.statement import Finding
from nst.writeup.claims.depth import content_depth
from nst.writeup.claims.noises import noise_survives, noise_textures
from nst.writeup.claims.starts import running_time, starts
from nst.writeup.claims.strokes import stroke_scale, style_bands
from nst.writeup.claims.untestable import UNTESTABLE

__all__ = ["PILOTS", "STATEMENTS", "UNTESTABLE", "Finding", "judge", "judged_pictures", "markdown"]

CLAIMS = (content_depth, noise_survives, style_bands, noise_textures, stroke_scale, starts)
STATEMENTS = (
    *("content_depth", "noise_survives", "style_bands", "noise_textures", "stroke_scale", "weight_ratio", "starts"),
    "running_time",
)
"""Ids of all statements, tested or not, in the order of the write-up."""
PILOTS = ("chelsea", "astronaut", "motorcycle", "coffee", "ihc", "gravel")
"""Built-in pictures that stood in for the write-up's when the statistics and thresholds were set; never judged."""


def judge(runs: pd.DataFrame, timing: pd.DataFrame | None = None) -> tuple[Finding, ...]:
    """Return every finding about every statement, in the write-up's order.

    `runs` is the frame of sweep `claims` (`nst.load`), or of any other; `timing` that of sweep `timing`.
    Equal pictures count once, equal times do not. Runs with a picture of `PILOTS` count only for `timing`, whose
    replicates are repeats: how long an evaluation takes does not depend on what the picture shows.
    Rows that are missing, failed or lack their pictures are left out; a finding that needs them is undecided.
    """
    found = once(_judged(runs))
    timed = finished(timing) if timing is not None else []
    return tuple(finding for claim in CLAIMS for finding in claim(found)) + running_time(timed)


def _judged(frame: pd.DataFrame) -> list[Run]:
    return split(finished(frame), PILOTS)[1]


def judged_pictures(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of the pictures on which statements are judged, from the finished runs of a frame."""
    used = _judged(frame)
    contents = [run.content for run in used if run.kind != "texture"]
    styles = [style for run in used if run.kind != "reconstruction" for style in run.styles]
    return tuple(dict.fromkeys(meant(name) for name in (*contents, *styles)))
