"""Find the pictures that a folder (`photos/`) or a pattern (`*.jpg`, `paintings/*.png`) stands for."""

import glob
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import zip_longest
from pathlib import Path
from typing import Any

from nst.errors import UserError, did_you_mean
from nst.pictures.find import find
from nst.pictures.folders import absolute, fold, is_picture, listing

SHOWN = 3
"""Names of skipped files that a line has."""


@dataclass(frozen=True)
class Several:
    """The pictures of a folder or pattern in natural order, as paths that can be typed; `skipped`: what else is there,
    by name, folders with a slash.
    """

    pictures: tuple[str, ...]
    skipped: tuple[str, ...] = ()

    def said(self, name: str) -> str | None:
        """Return a line on what is skipped of `name`; None if nothing is."""
        if not self.skipped:
            return None
        count = len(self.pictures)
        return f"{name}: {count} picture{'s' * (count != 1)}; skipped {_listed(self.skipped)}"


def several(name: str, picture_dirs: Sequence[Path] = (), names: Mapping[str, str] | None = None) -> Several | None:
    """Return the pictures of a folder or a pattern; None if `name` is to be a single picture, or a file has that name.

    Both are looked up in the current folder first, then in `picture_dirs`; there a pattern without a separator fits
    names in subfolders, too. A name without a separator that is both a folder and a picture means the picture. Raises
    `UserError` if there is no such folder or no picture in it.
    """
    meant = name if os.sep in name else (names or {}).get(name, name)
    if glob.has_magic(meant):
        return None if _is_single(meant, picture_dirs, names) else _fitting(meant, picture_dirs)
    folder = _folder(meant, picture_dirs)
    if folder is None and not meant.endswith(os.sep):
        return None
    if folder is None:
        raise UserError(_no_folder(meant, picture_dirs))
    return None if _is_word(meant) and _is_single(meant, picture_dirs, names) else _inside(folder)


def natural(path: str) -> list[Any]:
    """Return a key that sorts paths as people count: `IMG_2` before `IMG_10`, in any case."""
    parts = [re.split(r"(\d+)", fold(part)) for part in Path(path).parts]
    return [[[int(piece) if at % 2 else piece for at, piece in enumerate(part)] for part in parts], path]


def _is_word(name: str) -> bool:
    return os.sep not in name and not name.startswith(("~", "."))


def _is_single(name: str, picture_dirs: Sequence[Path], names: Mapping[str, str] | None) -> bool:
    try:
        return bool(find(name, picture_dirs, names))
    except UserError:
        return False


def _places(name: str, picture_dirs: Sequence[Path]) -> list[str]:
    """Return where a folder or pattern may be: as given, and if it is relative, in `picture_dirs`."""
    return [name, *(os.path.join(folder, name) for folder in map(str, () if _is_placed(name) else picture_dirs))]


def _is_placed(name: str) -> bool:
    """Return whether a path says itself where it begins."""
    return os.path.isabs(name) or name.startswith(("~", "."))


def _folder(name: str, picture_dirs: Sequence[Path]) -> str | None:
    return next((place for place in _places(name, picture_dirs) if os.path.isdir(absolute(place))), None)


def _inside(folder: str) -> Several:
    """Return the pictures directly in a folder."""
    try:
        found = sorted(os.listdir(absolute(folder)), key=natural)
    except OSError as error:
        raise UserError(f"the folder {str(absolute(folder))!r} cannot be listed ({error.strerror})") from None
    return _chosen([os.path.join(folder, name) for name in found], f"in {str(absolute(folder))!r}")


def _fitting(pattern: str, picture_dirs: Sequence[Path]) -> Several | None:
    """Return the pictures that fit a pattern as spelt, or if there are none, in any case.

    None if none fits a pattern of brackets alone: that is rather the misspelt name of a file.
    """
    for spelt in (pattern, _in_any_case(pattern)):
        if found := _matches(spelt, picture_dirs):
            return _chosen(found, f"that fits {pattern!r}")
    if not set("*?") & set(pattern):
        return None
    places = [str(absolute(place)) for place in _places(os.path.dirname(pattern), picture_dirs)]
    raise UserError(f"no picture fits {pattern!r}: looked in {', '.join(map(repr, places))}{_there_is(places)}")


def _matches(pattern: str, picture_dirs: Sequence[Path]) -> list[str]:
    """Return what fits a pattern: in the current folder, or if no picture is among that, in `picture_dirs`."""
    here = glob.glob(os.path.expanduser(pattern), recursive=True)
    return here if any(map(_is_shown_picture, here)) else _matches_elsewhere(pattern, picture_dirs) or here


def _matches_elsewhere(pattern: str, picture_dirs: Sequence[Path]) -> list[str]:
    if _is_word(pattern):
        return [str(path) for path in listing(picture_dirs).files if fnmatchcase(path.name, pattern)]
    folders = [] if _is_placed(pattern) else [glob.escape(str(folder)) for folder in picture_dirs]
    return [path for folder in folders for path in glob.glob(os.path.join(folder, pattern), recursive=True)]


def _in_any_case(pattern: str) -> str:
    """Return a pattern that fits letters outside of its brackets in either case."""
    pieces = re.split(r"(\[[^\]]*\])", pattern)
    letters = [re.sub(r"[^\W\d_]", lambda m: f"[{m[0].lower()}{m[0].upper()}]", piece) for piece in pieces[::2]]
    return "".join(piece for pair in zip_longest(letters, pieces[1::2], fillvalue="") for piece in pair)


def _chosen(paths: Iterable[str], where: str) -> Several:
    """Choose the pictures: files with the ending of one that are not hidden; each once."""
    ordered = sorted(paths, key=natural)
    found: dict[str, str] = {}
    for path in filter(_is_shown_picture, ordered):
        found.setdefault(os.path.realpath(absolute(path)), path)
    skipped = [_named(path) for path in ordered if not _is_shown_picture(path)]
    if not found:
        there = f"; there is {_listed(skipped)}" if skipped else "; it is empty" if where.startswith("in ") else ""
        raise UserError(f"no picture {where}{there}")
    return Several(tuple(found.values()), tuple(skipped))


def _is_shown_picture(path: str) -> bool:
    name = os.path.basename(path)
    return is_picture(name) and not name.startswith(".") and os.path.isfile(absolute(path))


def _named(path: str) -> str:
    return os.path.basename(path.rstrip(os.sep)) + os.sep * os.path.isdir(absolute(path))


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _there_is(places: Sequence[str]) -> str:
    """Return what pictures there are instead."""
    folders = [place for place in places if os.path.isdir(place)]
    found = [name for place in folders for name in sorted(os.listdir(place), key=natural) if is_picture(name)]
    return f"; there is {_listed(found)}" if found else ""


def _no_folder(name: str, picture_dirs: Sequence[Path]) -> str:
    places = [absolute(place) for place in _places(name, picture_dirs)]
    looked = dict.fromkeys(place.parent for place in places)
    beside = [f"{one.name}{os.sep}" for folder in looked for one in _folders_in(folder)]
    hint = did_you_mean(Path(name).name + os.sep, sorted(beside)) if beside else ""
    return f"no folder {name!r}: looked in {', '.join(repr(str(folder)) for folder in looked)}{hint}"


def _folders_in(folder: Path) -> list[Path]:
    try:
        return [one for one in folder.iterdir() if one.is_dir() and not one.name.startswith(".")]
    except OSError:
        return []
