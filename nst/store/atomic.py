"""Whole files or none: a temporary name in the same folder, synced, renamed. Reading back what may be anything."""

import contextlib
import errno
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})
LONGEST = 200
"""Bytes of a file's name that its temporary name repeats."""


class CannotWrite(OSError):
    """A disk that is full or may not be written to, with the path that was to be written."""

    def __str__(self) -> str:
        return f"cannot write to {self.filename}: {self.strerror}"


@contextlib.contextmanager
def replacing(path: Path, suffix: str | None = None) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path` that takes its place when the block ends well.

    A crash at any moment leaves the old file or the new one, never a part; the permissions of the old one stay. The
    temporary path has the suffix of `path`, by which libraries know a format, or another one. Raises `CannotWrite` if
    the disk is full or read-only.
    """
    end = path.suffix if suffix is None else suffix
    temporary = path.with_name(f".{_shortened(path.name)}.{token_hex(8)}{end}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _sync(temporary)
        _keep_permissions(path, temporary)
        os.replace(temporary, path)
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        raise CannotWrite(error.errno, error.strerror, str(path)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_bytes(path: Path, data: bytes) -> None:
    write_with(path, lambda file: file.write(data))


def write_with(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Put at `path` what `write` puts into an open file."""
    with replacing(path, ".tmp") as temporary, temporary.open("wb") as file:
        write(file)


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode())


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write indented JSON; numbers that JSON does not know (NaN, infinities) become null."""
    write_text(path, json.dumps(_finite(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the JSON object at `path`; None if there is none that can be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` the same file as `source`: a hard link if the disk can, else a copy."""
    if target.exists() and os.path.samefile(source, target):
        return
    with replacing(target) as temporary:
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)


def remove(path: Path) -> None:
    """Delete a file, if it is there."""
    with contextlib.suppress(OSError):
        path.unlink()


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not -float("inf") < value < float("inf"):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _shortened(name: str) -> str:
    """Shorten a name, so that the temporary one is not too long for the file system."""
    return os.fsencode(name)[:LONGEST].decode(errors="ignore")


def _keep_permissions(path: Path, temporary: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))


def sync_folder(folder: Path) -> None:
    """Make a rename itself durable, if the file system lets folders be opened."""
    with contextlib.suppress(OSError):
        _sync(folder)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
