"""`measures.json` beside a run: its measures, and by which definitions, weights and picture they were taken."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nst.metrics.table import BY_NAME, RULER, VERSION
from nst.store.files.atomic import read_json, write_json
from nst.store.files.names import IMAGE, MEASURES

SECONDS = "seconds_measuring"


def write_measures(folder: Path, picture: str, seconds: float, values: Mapping[str, float | None]) -> None:
    """Write measures that took `seconds`; `picture`: the SHA-256 of the file that was measured."""
    origin = {"version": VERSION, "ruler": RULER, "picture_sha256": picture, SECONDS: round(seconds, 3)}
    write_json(folder / MEASURES, {**origin, **values})


def read_measures(folder: Path, metrics: Mapping[str, Any] | None) -> dict[str, float | None] | None:
    """Return the measures of a done run by name; None if they are missing, damaged, older, or of another picture."""
    data = None if metrics is None else read_json(folder / MEASURES)
    if metrics is None or data is None or (data.get("version"), data.get("ruler")) != (VERSION, RULER):
        return None
    recorded = _recorded_picture(metrics)
    if recorded is not None and recorded != data.get("picture_sha256"):
        return None
    return {name: value for name, value in data.items() if name in BY_NAME}


def seconds_measuring(folder: Path) -> float | None:
    """Return how long a run took to measure; None if that is not known."""
    found = (read_json(folder / MEASURES) or {}).get(SECONDS)
    return None if found is None or found <= 0 else float(found)


def _recorded_picture(metrics: Mapping[str, Any]) -> str | None:
    """Return the SHA-256 that a run's picture was recorded with; None for a run of before files were listed."""
    files = metrics.get("files")
    entry = files.get(IMAGE) if isinstance(files, dict) else None
    return entry.get("sha256") if isinstance(entry, dict) else None
