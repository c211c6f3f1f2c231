"""Tell whether a done run is whole: the names, sizes and digests of its files, kept in its `metrics.json`."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nst.pictures.read import open_own
from nst.store.names import FRAMES, IMAGE, RUN_FILES

_NEEDED = frozenset({IMAGE})
"""What a run must have that was recorded before its files were listed."""


def manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Return bytes and SHA-256 of the files in a run's folder that is about to be done, frames included, by name."""
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": _digest(path)}
        for path in sorted([*folder.iterdir(), *(folder / FRAMES).glob("*")])
        if path.is_file()
    }


def damage(folder: Path, metrics: Mapping[str, Any], *, thorough: bool = False) -> str | None:
    """Say what is wrong with the files of a done run; None if nothing is.

    By their names and sizes, or if `thorough` by their digests; the picture of a run without a list is then decoded.
    """
    listed = metrics.get("files")
    if not isinstance(listed, dict) or not listed:
        return next(filter(None, (_unlisted(folder / name, thorough) for name in sorted(_NEEDED))), None)
    return next(filter(None, (_listed(folder, name, entry, thorough) for name, entry in listed.items())), None)


def _listed(folder: Path, name: str, entry: Any, thorough: bool) -> str | None:
    first, *below = Path(name).parts
    if not isinstance(entry, dict) or (first not in RUN_FILES and first != FRAMES) or ".." in below:
        return f"its list of files is damaged at {name!r}"
    path = folder / name
    if not path.is_file():
        return f"{name} is missing"
    if path.stat().st_size != entry.get("bytes"):
        return f"{name} has {path.stat().st_size} bytes, not {entry.get('bytes')}"
    return f"{name} is not what was written" if thorough and _digest(path) != entry.get("sha256") else None


def _unlisted(path: Path, thorough: bool) -> str | None:
    if not path.is_file() or not path.stat().st_size:
        return f"{path.name} is {'empty' if path.is_file() else 'missing'}"
    try:
        if thorough:
            with open_own(path) as image:
                image.load()
    except Exception:  # whatever a damaged file makes a decoder raise
        return f"{path.name} cannot be read"
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
