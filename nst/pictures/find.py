"""Finding a picture by what the user calls it: a path, a name in the user's folders, or a built-in picture.

The built-in pictures are those that scikit-image's wheel carries; its folder is located without importing it.
"""

import hashlib
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from nst.errors import UserError, did_you_mean

BUILTIN: dict[str, str] = {
    "astronaut": "astronaut.png",
    "brick": "brick.png",
    "camera": "camera.png",
    "cell": "cell.png",
    "chelsea": "chelsea.png",
    "coffee": "coffee.png",
    "coins": "coins.png",
    "grass": "grass.png",
    "gravel": "gravel.png",
    "hubble_deep_field": "hubble_deep_field.jpg",
    "ihc": "ihc.png",
    "moon": "moon.png",
    "motorcycle": "motorcycle_left.png",
    "retina": "retina.jpg",
    "rocket": "rocket.jpg",
}
"""Name -> file in `skimage/data`. The grey ones are brick, camera, cell, coins, grass, gravel and moon."""

SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".gif"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".avif"),
)
"""Endings that make a file answer to its stem: `wally` finds `wally.jpeg` but not `wally.txt`."""

LONGEST_HINT = 600


def find(name: str, picture_dirs: Sequence[Path] = (), names: Mapping[str, str] | None = None) -> Path:
    """Absolute path of the existing regular file that `name` stands for.

    A path is a name with a separator, one that starts with `~` or `.`, or one of a file in the current folder.
    Any other name is exchanged, once, for what `names` says (itself: no change) and then looked up: a file of that
    name or stem in `picture_dirs` or below them, without hidden folders, first as spelt and then in any case; then
    a built-in picture. Raises `UserError` where nothing, two files, or something other than a file is found.
    """
    if not name.strip():
        raise UserError(f"no picture is named by {name!r}: give a path or a name{did_you_mean('', BUILTIN)}")
    if _is_path(name):
        return _existing(name)
    meant = (names or {}).get(name, name)
    if meant != name and _is_path(meant):
        return _existing(meant)
    return _named(name, meant, picture_dirs)


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, 64 hex digits. Raises `UserError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"cannot read the picture {str(path)!r}: {error.strerror or error}") from error


def _is_path(name: str) -> bool:
    separators = [separator for separator in (os.sep, os.altsep) if separator]
    return name.startswith(("~", ".")) or any(s in name for s in separators) or os.path.isfile(name)


def _existing(name: str) -> Path:
    path = Path(os.path.abspath(os.path.expanduser(name)))
    if os.path.isfile(path):
        return path
    if os.path.isdir(path):
        raise UserError(f"{str(path)!r} is a directory, not a picture: name a file in it")
    if os.path.exists(path):
        raise UserError(f"{str(path)!r} is not a regular file")
    raise UserError(f"no picture at {str(path)!r}{_nearest_sibling(path)}")


def _nearest_sibling(path: Path) -> str:
    if not os.path.isdir(path.parent):
        return f": the folder {str(path.parent)!r} does not exist"
    try:
        siblings = [entry.name for entry in os.scandir(path.parent) if _is_picture(entry.name)]
    except OSError as error:
        return f": the folder {str(path.parent)!r} cannot be listed ({error.strerror})"
    return _short_hint(path.name, siblings)


def _named(name: str, meant: str, picture_dirs: Sequence[Path]) -> Path:
    files = list(_walk(picture_dirs))
    matches = _matches(meant, files)
    if len(matches) > 1:
        raise UserError(_ambiguous(meant, matches))
    if matches:
        return matches[0]
    for builtin, file in BUILTIN.items():
        if _fold(builtin) == _fold(meant):
            return _builtin(file)
    if os.path.isdir(meant):
        raise UserError(f"{meant!r} is a directory, not a picture: name a file in it")
    raise UserError(_unknown(name, meant, picture_dirs, files))


def _walk(picture_dirs: Sequence[Path]) -> Iterator[Path]:
    """Every file that is not hidden, each folder once, also when links or overlapping folders lead to it twice."""
    seen = set()
    for top in picture_dirs:
        for folder, folders, files in os.walk(_absolute(top), followlinks=True):
            real = os.path.realpath(folder)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            paths = (Path(folder, name) for name in sorted(files) if not name.startswith("."))
            yield from (path for path in paths if os.path.isfile(path))


def _matches(name: str, files: Sequence[Path]) -> list[Path]:
    """The files that `name` means, from the closest kind of match that has any."""
    pictures = [path for path in files if _is_picture(path.name)]
    kinds = (
        [path for path in files if path.name == name],
        [path for path in files if _fold(path.name) == _fold(name)],
        [path for path in pictures if path.stem == name],
        [path for path in pictures if _fold(path.stem) == _fold(name)],
    )
    found = next((kind for kind in kinds if kind), [])
    return list({os.path.realpath(path): path for path in found}.values())


def _ambiguous(name: str, matches: Sequence[Path]) -> str:
    listed = " and ".join(repr(str(path)) for path in matches[:3])
    same_name = len({path.name for path in matches}) < len(matches)
    wanted = "paths" if same_name else "file names, " + " or ".join(repr(path.name) for path in matches[:3])
    more = f" and {len(matches) - 3} more" if len(matches) > 3 else ""
    return f"the picture name {name!r} fits {listed}{more}: give one of the {wanted}"


def _unknown(name: str, meant: str, picture_dirs: Sequence[Path], files: Sequence[Path]) -> str:
    alias = "" if meant == name else f" (which {name!r} stands for)"
    places = ["among the built-in pictures", *(f"in {_place(top)}" for top in picture_dirs)]
    own = [path.name if os.path.splitext(meant)[1] else path.stem for path in files if _is_picture(path.name)]
    return f"no picture named {meant!r}{alias}: looked {', '.join(places)}{_short_hint(meant, [*BUILTIN, *own])}"


def _place(top: Path) -> str:
    folder = _absolute(top)
    if folder.is_dir():
        return repr(str(folder))
    return f"{str(folder)!r} ({'is not a folder' if os.path.exists(folder) else 'does not exist'})"


def _short_hint(name: str, candidates: Sequence[str]) -> str:
    hint = did_you_mean(name, dict.fromkeys(candidates))
    return hint if len(hint) <= LONGEST_HINT else ""


def _builtin(file: str) -> Path:
    package = find_spec("skimage")
    folders = list(package.submodule_search_locations or []) if package else []
    for folder in folders:
        path = Path(folder, "data", file)
        if path.is_file():
            return path.absolute()
    raise UserError(f"the built-in picture {file!r} is missing: looked in {folders or 'no'} scikit-image installation")


def _absolute(folder: Path) -> Path:
    return Path(os.path.abspath(os.path.expanduser(folder)))


def _is_picture(file_name: str) -> bool:
    return file_name.lower().endswith(SUFFIXES)


def _fold(name: str) -> str:
    """Equal for names that differ in case or in how an accent is encoded (macOS spells them in two characters)."""
    return unicodedata.normalize("NFC", name).casefold()
