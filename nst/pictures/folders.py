"""The user's folders of pictures: walked once, and again only after something in them has changed."""

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
"""Endings that make a file answer to its stem: `wally` finds `wally.jpeg` but not `wally.txt`."""

SETTLED = 2 * 10**9
"""Nanoseconds after which a folder's time of change is sure to be another when it changes again."""

Stamp: TypeAlias = tuple[int, int, int, int] | None


@dataclass(frozen=True)
class Listing:
    """What lies in some folders and below them, without what is hidden."""

    files: tuple[Path, ...]
    dangling: tuple[Path, ...]  # links to nothing
    stamps: Mapping[str, Stamp]  # of every folder that was looked into, taken before that
    settled: bool  # whether an equal stamp means that nothing has changed

    def is_current(self) -> bool:
        """Whether a walk would find the same names."""
        return self.settled and all(_stamp(folder) == stamp for folder, stamp in self.stamps.items())

    def matches(self, name: str) -> list[Path]:
        """The files that `name` means, from the closest kind of match that has any; links to one file count once."""
        folded = fold(name)
        kinds = ((self._names, name), (self._folded_names, folded), (self._stems, name), (self._folded_stems, folded))
        found = next((index[key] for index, key in kinds if key in index), [])
        return list({os.path.realpath(path): path for path in found}.values())

    def dangling_match(self, name: str) -> Path | None:
        """A link to nothing that would be meant if it led to a file."""
        folded = fold(name)
        return next((path for path in self.dangling if folded in (fold(path.name), fold(path.stem))), None)

    @property
    def pictures(self) -> list[Path]:
        """The files with the ending of a picture."""
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
    """What lies in `folders`; those that do not exist hold nothing. Walks only if it must, or is asked to (`anew`)."""
    tops = tuple(top for folder in folders if (top := _top(folder)) is not None)
    known = _known.get(tops)
    if anew or known is None or not known.is_current():
        known = _known[tops] = _walk(tops)
    return known


def absolute(folder: str | Path) -> Path:
    """An absolute path without `~`; raises `UserError` if nobody knows whose home that is."""
    expanded = os.path.expanduser(str(folder))
    if expanded.startswith("~") and not os.path.lexists(expanded):
        owner = expanded.split(os.sep, 1)[0]
        raise UserError(f"no home folder is known for {owner!r} in {expanded!r}: give the whole path")
    return Path(os.path.abspath(expanded))


def is_picture(file_name: str) -> bool:
    return file_name.lower().endswith(SUFFIXES)


def fold(name: str) -> str:
    """Equal for names that differ in case or in how an accent is encoded (macOS spells them in two characters)."""
    return unicodedata.normalize("NFC", name).casefold()


def _top(folder: Path) -> str | None:
    try:
        return str(absolute(folder))
    except UserError:
        return None


def _walk(tops: Sequence[str]) -> Listing:
    """Every folder once, also when links or overlapping folders lead to it twice."""
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
    """Another one after a name was added or removed; None for what is not there."""
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
