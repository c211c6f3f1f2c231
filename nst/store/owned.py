"""Which names in a store are nst's own; whatever bears another is the user's, and is left alone."""

import re
from pathlib import Path

from nst.store.store import CHECKPOINT, ERROR, FRAMES, METRICS, PROVENANCE, UNFINISHED_FRAMES

RUN_FILES = frozenset(
    {"spec.yaml", "start.png", "image.png", "best.png", "trace.csv", PROVENANCE, METRICS, ERROR, CHECKPOINT}
)
"""Every file that a run's folder may hold, beside its frames."""
TEMPORARY = re.compile(r"\..+\.[a-z0-9_]{8}\.tmp", re.DOTALL)
"""The name of a file that was about to be renamed (`nst.store.atomic`)."""
FRAME = re.compile(r"\d{6,}\.png")


def foreign(folder: Path) -> Path | None:
    """The first thing in a run's folder that nst did not put there."""
    for path in entries(folder):
        if path.is_symlink():
            return path
        if path.name in (FRAMES, UNFINISHED_FRAMES) and path.is_dir():
            stranger = next((p for p in entries(path) if p.is_symlink() or not _is_named(p, FRAME, TEMPORARY)), None)
            if stranger is not None:
                return stranger
        elif not path.is_file() or not (path.name in RUN_FILES or TEMPORARY.fullmatch(path.name)):
            return path
    return None


def _is_named(path: Path, *patterns: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(path.name) for pattern in patterns)


def entries(folder: Path) -> list[Path]:
    """What is in a folder by name; nothing if it is a link or not there."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(folder.iterdir())
