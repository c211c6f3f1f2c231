"""All numbers of a sweep in `results.csv`, and those that the table of runs shows."""

from pathlib import Path

import pandas as pd

from nst.report.read.frame import PATHS
from nst.store.atomic import replacing
from nst.store.columns import TOTAL, Column, column

_ORDER = ("loss", "comparison", "count", "time", "memory")


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write every column but the paths of this machine; `picture` names the file in the report's folder."""
    results = frame.drop(columns=[column for column in PATHS if column in frame])
    pairs = zip(frame["signature"], frame["image"], strict=True)
    results["picture"] = [f"pictures/{name}.png" if isinstance(image, Path) else None for name, image in pairs]
    with replacing(path) as temporary:
        results.to_csv(temporary, index=False, lineterminator="\n")


def columns(frame: pd.DataFrame) -> list[Column]:
    """Return the numbers of the table of runs, the total loss first: those of which one is known and not zero."""
    names = [name for name in map(str, frame) if name not in frame.attrs["keys"]]
    known = [found for name in names if (found := column(name)) and found.in_table]
    known.sort(key=lambda one: (one.name != TOTAL, _ORDER.index(one.kind)))
    return [one for one in known if (frame[one.name].notna() & (frame[one.name] != 0)).any()]
