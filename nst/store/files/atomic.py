"""Write whole files or none, under a temporary name that is synced and renamed; read files that may hold anything."""

import contextlib
import errno
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from nst.store.columns import misfits
from nst.terminal import printable

_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})
LARGEST, DEEPEST = 2**26, 32
"""Limits on the bytes and nesting of a JSON file; nst writes none that comes near."""


class CannotWrite(OSError):
    """The disk is full or cannot be written to; `filename` is the path that was to be written."""

    def __str__(self) -> str:
        return f"cannot write to {self.filename}: {self.strerror}"


class Damaged(ValueError):
    """The reason why nst cannot have written a file as it is."""


@contextlib.contextmanager
def replacing(path: Path, suffix: str | None = None) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path` that takes its place when the block ends without an error.

    A crash at any moment leaves the old file or the new one, never a part; the permissions of the old one stay. The
    temporary path has the suffix of `path`, by which libraries know a format, or another one. Raises `CannotWrite` if
    the disk is full or read-only.
    """
    end = path.suffix if suffix is None else suffix
    shortened = os.fsencode(path.name)[:200].decode(errors="ignore")  # file systems allow names of 255 bytes
    temporary = path.with_name(f".{shortened}.{token_hex(8)}{end}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _sync(temporary)
        with contextlib.suppress(FileNotFoundError):
            os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))
        os.replace(temporary, path)
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        raise CannotWrite(error.errno, error.strerror, str(path)) from error
    finally:
        remove(temporary)
    sync_folder(path.parent)


def write_bytes(path: Path, data: bytes) -> None:
    write_with(path, lambda file: file.write(data))


def write_with(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write to `path` what `write` writes into an open file."""
    with replacing(path, ".tmp") as temporary, temporary.open("wb") as file:
        write(file)


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode())


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write indented JSON; numbers that JSON lacks (NaN, infinities) become null."""
    write_text(path, json.dumps(_finite(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the JSON object at `path`, with None for values of a wrong type; None if it is missing or unreadable.

    Damage is reported in one line, once.
    """
    try:
        data = load_json(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, Damaged):
        say_once(f"damaged: {path}")
        return None
    if wrong := misfits(data):
        say_once(f"damaged: {path}")
    return {**data, **dict.fromkeys(wrong)}


def load_json(path: Path) -> dict[str, Any]:
    """Return the JSON object at `path`; raises `OSError`, or `Damaged` if nst cannot have written it."""
    if path.stat().st_size > LARGEST:
        raise Damaged(f"it has more than {LARGEST >> 20} MiB")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not data:
        raise Damaged("it is not a JSON object")
    _check(data)
    return data


@cache
def say_once(line: str) -> None:
    """Print a line on stderr, the first time."""
    print(printable(line), file=sys.stderr)


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` the same file as `source`: a hard link if the disk can, else a copy."""
    if target.exists() and os.path.samefile(source, target):
        return
    with replacing(target) as temporary:
        link(source, temporary)


def link(source: str | Path, target: str | Path) -> None:
    """Make `target`, which must not exist, the same file as `source`, or a copy on a disk without hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def remove(path: Path) -> None:
    """Delete a file, if it exists."""
    with contextlib.suppress(OSError):
        path.unlink()


def sync_folder(folder: Path) -> None:
    """Make a rename itself durable, if the file system lets folders be opened."""
    with contextlib.suppress(OSError):
        _sync(folder)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not -float("inf") < value < float("inf"):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _check(value: Any, depth: int = 0) -> None:
    """Refuse what is nested too deeply, numbers beyond those of a float, and text that is not Unicode."""
    if depth > DEEPEST:
        raise Damaged(f"it is nested more than {DEEPEST} deep")
    if isinstance(value, int | float) and not abs(value) <= sys.float_info.max:
        raise Damaged("a number in it is not finite")
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Damaged("a string in it is not Unicode")
    for part in [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check(part, depth + 1)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
