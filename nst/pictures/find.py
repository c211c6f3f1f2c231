"""Find a picture by what the user calls it: a path, a name in the user's folders, or a built-in one."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nst.errors import UserError, did_you_mean
from nst.pictures.builtin import BUILTIN, builtin_file
from nst.pictures.folders import Listing, absolute, fold, is_picture, listing
from nst.pictures.paintings import DIGESTS, painting

BUILTIN_NAMES = (*BUILTIN, *DIGESTS)
"""The photographs, and the paintings that are drawn by code."""
LONGEST_HINT = 600


@dataclass(frozen=True)
class PictureFile:
    """A picture file that exists; `sha256` is of its bytes. Copies of one file are equal, whatever their path."""

    path: str = field(compare=False)
    sha256: str


@dataclass(frozen=True)
class Blend:
    """A Poisson blend as a picture; without `mask`, the largest ellipse in the source."""

    source: PictureFile
    mask: PictureFile | None
    target: PictureFile
    offset: tuple[int, int]
    mode: str


Picture = PictureFile | Blend


@dataclass(frozen=True)
class Mask:
    """Weights of pixels from 0 (black) to 1 (white): the sum of its parts, at most 1.

    `parts`: picture files, names of shapes in `nst.pictures.masks`, and other masks. `inverted`: True exchanges black
    and white. `propagation`: how the layers of a network get it, `inside` or None for `simple`.
    """

    parts: tuple["PictureFile | Mask | str", ...]
    inverted: bool | None = None
    propagation: str | None = None


def find(name: str, picture_dirs: Sequence[Path] = (), names: Mapping[str, str] | None = None) -> Path:
    """Return the absolute path of the existing regular file that `name` stands for.

    A path is a name with a separator, one that starts with `~` or `.`, or one of a file in the current folder. Any
    other name is replaced, once, by its alias in `names`, if any, and then looked up: a file of that name or stem in
    `picture_dirs` or below them, without hidden folders, first as spelt and then in any case; then a built-in
    picture. Raises `UserError` if nothing, two files, or something other than a file is found, and for a path that
    is not UTF-8, which could not be recorded.
    """
    if not name.strip():
        raise UserError(f"no picture is named by {name!r}: give a path or a name{did_you_mean('', BUILTIN_NAMES)}")
    meant = name if _is_path(name) else (names or {}).get(name, name)
    path = _existing(meant) if _is_path(meant) else _named(name, meant, picture_dirs)
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise UserError(f"the path of the picture {str(path)!r} is not UTF-8: rename it") from None
    return path


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hex digits; raises `UserError` if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"cannot read the picture {str(path)!r}: {error.strerror or error}") from error


def _is_path(name: str) -> bool:
    has_separator = os.sep in name or (os.altsep is not None and os.altsep in name)
    return name.startswith(("~", ".")) or has_separator or os.path.isfile(name)


def _existing(name: str) -> Path:
    path = absolute(name)
    if os.path.isfile(path):
        return path
    if os.path.isdir(path):
        raise UserError(f"{str(path)!r} is a directory, not a picture: name a file in it")
    if os.path.exists(path):
        raise UserError(f"{str(path)!r} is not a regular file")
    if os.path.islink(path):
        raise UserError(_dangling(path))
    raise UserError(f"no picture at {str(path)!r}{_nearest_sibling(path)}")


def _nearest_sibling(path: Path) -> str:
    if not os.path.isdir(path.parent):
        return f": the folder {str(path.parent)!r} does not exist"
    try:
        names = [name for name in os.listdir(path.parent) if is_picture(name)]
    except OSError as error:
        return f": the folder {str(path.parent)!r} cannot be listed ({error.strerror})"
    return _short_hint(path.name, [name for name in names if os.path.isfile(path.parent / name)])


def _dangling(path: Path) -> str:
    return f"{str(path)!r} is a link to {os.readlink(path)!r}, where there is no file"


def _named(name: str, meant: str, picture_dirs: Sequence[Path]) -> Path:
    here = listing(picture_dirs)
    matches = here.matches(meant)
    builtin = next((known for known in BUILTIN_NAMES if fold(known) == fold(meant)), None)
    if not all(map(os.path.isfile, matches)) or not (matches or builtin):
        here = listing(picture_dirs, anew=True)
        matches = here.matches(meant)
    if len(matches) > 1:
        raise UserError(_ambiguous(meant, matches))
    if matches:
        return matches[0]
    if builtin is not None:
        return painting(builtin) if builtin in DIGESTS else builtin_file(builtin)
    if os.path.isdir(meant):
        raise UserError(f"{meant!r} is a directory, not a picture: name a file in it")
    link = Path(os.path.abspath(meant)) if os.path.islink(meant) else here.dangling_match(meant)
    raise UserError(_dangling(link) if link else _unknown(name, meant, picture_dirs, here))


def _ambiguous(name: str, matches: Sequence[Path]) -> str:
    listed = " and ".join(repr(str(path)) for path in matches[:3])
    same_name = len({path.name for path in matches}) < len(matches)
    wanted = "paths" if same_name else "file names, " + " or ".join(repr(path.name) for path in matches[:3])
    more = f" and {len(matches) - 3} more" if len(matches) > 3 else ""
    return f"the picture name {name!r} fits {listed}{more}: give one of the {wanted}"


def _unknown(name: str, meant: str, picture_dirs: Sequence[Path], here: Listing) -> str:
    alias = "" if meant == name else f" (which {name!r} stands for)"
    places = ["among the built-in pictures", *(f"in {_place(top)}" for top in picture_dirs)]
    own = [path.name if os.path.splitext(meant)[1] else path.stem for path in here.pictures]
    return f"no picture named {meant!r}{alias}: looked {', '.join(places)}{_short_hint(meant, [*BUILTIN_NAMES, *own])}"


def _place(top: Path) -> str:
    try:
        folder = absolute(top)
    except UserError:
        return f"{str(top)!r} (no home folder is known for it)"
    if folder.is_dir():
        return repr(str(folder))
    return f"{str(folder)!r} ({'is not a folder' if os.path.exists(folder) else 'does not exist'})"


def _short_hint(name: str, candidates: Sequence[str]) -> str:
    hint = did_you_mean(name, dict.fromkeys(repr(candidate)[1:-1] for candidate in candidates))
    return hint if len(hint) <= LONGEST_HINT else ""
