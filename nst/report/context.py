"""The immutable input of every part of a report, read once."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nst.report.figure.axes import Axes
from nst.report.read.layout import Crop
from nst.store.plan import Plan
from nst.store.store import Store


@dataclass(frozen=True)
class ReportContext:
    """A sweep as stored on disk, its display settings, and the report's folder; `width`: of figures, in pixels."""

    plan: Plan
    frame: pd.DataFrame
    axes: Axes
    crop: Crop | None
    store: Store
    folder: Path
    width: int | None = None
