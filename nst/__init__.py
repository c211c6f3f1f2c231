"""A research harness for neural style transfer by optimisation: sweeps in, comparison grids and timing tables out.

In a notebook: `nst.load("content_layers")` is the pandas frame of a sweep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__version__ = "0.1.0"


def load(name: str, runs_dir: str | Path = "runs") -> pd.DataFrame:
    """Sweep `name` as a pandas frame, a row a run, read from the disk alone; see `nst.report.read.load.load`."""
    from nst.report.read.load import load  # late: most of nst needs no pandas

    return load(name, runs_dir)
