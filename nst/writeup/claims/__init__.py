"""Test the write-up's statements on the runs of a sweep: `python -m nst.writeup.claims`, or `judge` in a notebook."""

import pandas as pd

from nst.statements.markdown import markdown
from nst.statements.runs import finished, once
from nst.statements.statement import Finding
from nst.writeup.claims.noises import noise_survives, noise_textures
from nst.writeup.claims.starts import running_time, starts
from nst.writeup.claims.strokes import stroke_scale, style_bands
from nst.writeup.claims.trends import content_depth, weight_ratio

__all__ = ["Finding", "judge", "markdown"]

CLAIMS = (content_depth, noise_survives, style_bands, noise_textures, stroke_scale, weight_ratio, starts)


def judge(runs: pd.DataFrame, timing: pd.DataFrame | None = None) -> tuple[Finding, ...]:
    """Return every finding about every statement, in the write-up's order.

    `runs` is the frame of sweep `claims` (`nst.load`), or of any other; `timing` that of sweep `timing`.
    Equal pictures count once, equal times do not.
    Rows that are missing, failed or lack their pictures are left out; a finding that needs them is undecided.
    """
    found = once(finished(runs))
    timed = finished(timing) if timing is not None else []
    return tuple(finding for claim in CLAIMS for finding in claim(found)) + running_time(timed)
