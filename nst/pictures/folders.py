"""List the user's folders of pictures; they are walked again only after something in them has changed."""

import os
import time
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from nst.errors import UserError

SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".gif"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".avif"),
)
"""Endings of files that are found by their stem: `wally` finds `wally.jpeg` but not `wally.txt`."""

SETTLED = 2 * 10**9
"""Nanoseconds after which another change is sure to give a folder another modification time."""

Stamp: TypeAlias = tuple[int, int, int, int] | None


@dataclass(frozen=True)
class Listing:
    """All files in some folders and below them, without hidden ones."""

    files: tuple[Path, ...]
    dangling: tuple[Path, ...]  # broken links
    stamps: Mapping[str, Stamp]  # of every folder, taken before it was listed
    settled: bool  # whether equal stamps mean that nothing has changed

    def is_current(self) -> bool:
        """Return whether a walk would find the same names."""
        return self.settled and all(_stamp(folder) == stamp for folder, stamp in self.stamps.items())

    def matches(self, name: str) -> list[Path]:
        """Return the files that `name` means, by the closest kind of match; links to one file count once."""
        folded = fold(name)
        kinds = ((self._names, name), (self._folded_names, folded), (self._stems, name), (self._folded_stems, folded))
        found = next((index[key] for index, key in kinds if key in index), [])
        return list({os.path.realpath(path): path for path in found}.values())

    def dangling_match(self, name: str) -> Path | None:
        """Return a broken link that `name` would mean."""
        folded = fold(name)
        return next((path for path in self.dangling if folded in (fold(path.name), fold(path.stem))), None)

    @property
    def pictures(self) -> list[Path]:
        """Files with the ending of a picture."""
        return [path for path in self.files if is_picture(path.name)]

    @cached_property
    def _names(self) -> Mapping[str, list[Path]]:
        return _index([(path.name, path) for path in self.files])

    @cached_property
    def _folded_names(self) -> Mapping[str, list[Path]]:
        return _index([(fold(path.name), path) for path in self.files])

    @cached_property
    def _stems(self) -> Mapping[str, list[Path]]:
        return _index([(path.stem, path) for path in self.pictures])

    @cached_property
    def _folded_stems(self) -> Mapping[str, list[Path]]:
        return _index([(fold(path.stem), path) for path in self.pictures])


_known: dict[tuple[str, ...], Listing] = {}


def listing(folders: Sequence[Path], anew: bool = False) -> Listing:
    """Return the listing of `folders`; missing ones are empty. Walks only if something changed, or with `anew`."""
    tops = tuple(top for folder in folders if (top := _top(folder)) is not None)
    known = _known.get(tops)
    if anew or known is None or not known.is_current():
        known = _known[tops] = _walk(tops)
    return known


def absolute(folder: str | Path) -> Path:
    """Return an absolute path with `~` expanded; raises `UserError` for an unknown home folder."""
    expanded = os.path.expanduser(str(folder))
    if expanded.startswith("~") and not os.path.lexists(expanded):
        owner = expanded.split(os.sep, 1)[0]
        raise UserError(f"no home folder is known for {owner!r} in {expanded!r}: give the whole path")
    return Path(os.path.abspath(expanded))


def is_picture(file_name: str) -> bool:
    return file_name.lower().endswith(SUFFIXES)


def fold(name: str) -> str:
    """Normalise case and the encoding of accents (macOS uses two characters), so that like names are equal."""
    return unicodedata.normalize("NFC", name).casefold()


def _top(folder: Path) -> str | None:
    try:
        return str(absolute(folder))
    except UserError:
        return None


def _walk(tops: Sequence[str]) -> Listing:
    """List every folder once, even if links or overlapping folders lead to it twice."""
    files, dangling = [], []
    stamps: dict[str, Stamp] = {top: _stamp(top) for top in tops}
    seen, started = set(), time.time_ns()
    for top in tops:
        for folder, inner, names in os.walk(top, followlinks=True):
            real = os.path.realpath(folder)
            if real in seen:
                inner.clear()
                continue
            seen.add(real)
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            stamps.update((path, _stamp(path)) for path in (os.path.join(folder, name) for name in inner))
            for path in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
                if os.path.isfile(path):
                    files.append(path)
                elif os.path.islink(path) and not os.path.exists(path):
                    dangling.append(path)
    settled = not dangling and all(stamp is None or max(stamp[2:]) < started - SETTLED for stamp in stamps.values())
    return Listing(tuple(files), tuple(dangling), stamps, settled)


def _stamp(folder: str) -> Stamp:
    """Return a stamp that changes when a name is added or removed; None for a missing folder."""
    try:
        status = os.stat(folder)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def _index(pairs: Sequence[tuple[str, Path]]) -> Mapping[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for key, path in pairs:
        found[key].append(path)
    return dict(found)
