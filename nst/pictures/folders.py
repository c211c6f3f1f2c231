"""List the user's folders of pictures; they are walked again only after something in them has changed."""

import os
import time
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
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
HEIC = (".heic", ".heif", ".hif")
"""Endings that are found by their stem if no other has it: phones save `IMG_1.JPG` beside `IMG_1.HEIC`."""
SETTLED = 2 * 10**9  # nanoseconds after which another change is sure to give a folder another modification time
Stamp: TypeAlias = tuple[int, int, int, int] | None


@dataclass(frozen=True)
class Listing:
    """All files in some folders and below them, without hidden ones."""

    files: tuple[Path, ...]
    dangling: tuple[Path, ...]  # broken links
    stamps: Mapping[str, Stamp]  # of every folder, taken before it was listed
    settled: bool  # whether equal stamps mean that nothing has changed

    def is_current(self) -> bool:
        return self.settled and all(_stamp(folder) == stamp for folder, stamp in self.stamps.items())

    def matches(self, name: str) -> list[Path]:
        """Return the files that `name` means, by the closest kind of match; links to one file count once."""
        folded = fold(name)
        kinds = enumerate((name, folded) * 3)
        found = next((self._index[key] for key in kinds if key in self._index), [])
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
    def _index(self) -> Mapping[tuple[int, str], list[Path]]:
        """Return the files by kind of match, 0 the closest, and name: file name, in any case; stem, in any case."""
        found: dict[tuple[int, str], list[Path]] = {}
        for path in self.files:
            keys = {0: path.name, 1: fold(path.name)}
            if is_picture(path.name):
                first = 4 if path.name.lower().endswith(HEIC) else 2
                keys |= {first: path.stem, first + 1: fold(path.stem)}
            for kind, key in keys.items():
                found.setdefault((kind, key), []).append(path)
        return found


_known: dict[tuple[str, ...], Listing] = {}


def listing(folders: Sequence[Path], anew: bool = False) -> Listing:
    """Return the listing of `folders`; missing ones are empty. Walks only if something changed, or with `anew`."""
    tops = []
    for folder in folders:
        with suppress(UserError):
            tops.append(str(absolute(folder)))
    known = _known.get(tuple(tops))
    if anew or known is None or not known.is_current():
        known = _known[tuple(tops)] = _walk(tops)
    return known


def absolute(folder: str | Path) -> Path:
    """Return an absolute path with `~` expanded; raises `UserError` for an unknown home folder."""
    expanded = os.path.expanduser(str(folder))
    if expanded.startswith("~") and not os.path.lexists(expanded):
        owner = expanded.split(os.sep, 1)[0]
        raise UserError(f"no home folder is known for {owner!r} in {expanded!r}: give the whole path")
    return Path(os.path.abspath(expanded))


def is_picture(file_name: str) -> bool:
    return file_name.lower().endswith((*SUFFIXES, *HEIC))


def fold(name: str) -> str:
    """Normalise case and the encoding of accents (macOS uses two characters), so that like names are equal."""
    return unicodedata.normalize("NFC", name).casefold()


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
