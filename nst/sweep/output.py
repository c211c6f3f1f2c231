"""Check, before anything is computed, and write the copy of a picture under a name of the user's; check the store."""

import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nst.errors import UserError, reason
from nst.pictures.read import open_own
from nst.spec.records import Spec
from nst.spec.schema import Config
from nst.store.atomic import write_bytes
from nst.store.names import IMAGE, MARKER, METRICS, ROOMS
from nst.store.store import Store
from nst.sweep.rerun import run_name
from nst.typed_values import exists, user_path

WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def check_output(config: Config, spec: Spec) -> None:
    """Refuse an `output` that could not be written, is an input, or is somebody's work; links are followed."""
    if (output := config.output) is None:
        return
    target = _target(output)
    try:
        if os.path.isdir(target) or target.suffix.lower() != ".png" or output.endswith(os.sep):
            raise UserError(f"output={output}: must be the name of a .png file")
        _check_folder(output, target)
        if os.path.lexists(target):
            _check_no_input(config, spec, target)
            _check_replaced(output, target, config.overwrite)
        if store := _store_of(config, target):
            raise UserError(f"output={output}: is inside the store {store}, whose files are nst's own")
    except OSError as error:
        raise UserError(f"output={output}: cannot be written ({error.strerror or error})") from None


def copy_output(store: Store, spec: Spec, output: str) -> Path:
    """Put a copy of a finished picture where the user wants it; raises `UserError` if that is no longer possible."""
    folder = store.run(run_name(store, spec))
    try:
        write_bytes(_target(output), (folder / IMAGE).read_bytes())
    except OSError as error:
        raise UserError(f"output={output}: {reason(error)}; the picture is in {folder}") from None
    return user_path("output", output)


def check_store(config: Config) -> Store:
    """Return the store; refuses one that cannot be looked into, lies in another, or has the user's own pictures."""
    store = Store(user_path("runs_dir", config.runs_dir))
    try:
        os.stat(store.run("0" * 12) / METRICS)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise UserError(f"runs_dir={config.runs_dir}: cannot be used ({error.strerror})") from None
    if outer := _store_of(config, Path(os.path.realpath(store.root))):
        raise UserError(f"runs_dir={config.runs_dir}: is inside the store {outer}, whose files are nst's own")
    own = os.path.realpath(store.pictures)
    if any(os.path.realpath(user_path("picture_dirs", folder)) == own for folder in config.picture_dirs):
        raise UserError(
            f"runs_dir={config.runs_dir}: the inputs of runs would go into {store.pictures}, which is in picture_dirs; "
            "give the store a folder of its own, such as runs_dir=runs"
        )
    return store


def _target(output: str) -> Path:
    return Path(os.path.realpath(user_path("output", output)))


def _check_folder(output: str, target: Path) -> None:
    """Try to write into the folder, or into the nearest that is there; raises `OSError` for names that are too long."""
    folder = next(parent for parent in target.parents if os.path.lexists(parent))
    if not folder.is_dir() or not os.access(folder, os.W_OK) or not folder.stat().st_mode & WRITABLE:
        raise UserError(f"output={output}: cannot write to {folder}")
    longest = os.pathconf(folder, "PC_NAME_MAX")
    if any(len(os.fsencode(part)) > longest for part in target.parts):
        raise UserError(f"output={output}: a name in it is longer than the {longest} bytes allowed")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UserError(f"output={output}: cannot write to {folder} ({error.strerror or error})") from None


def _check_replaced(output: str, target: Path, overwrite: bool) -> None:
    status = target.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UserError(f"output={output}: is no regular file")
    if not os.access(target, os.W_OK) or not status.st_mode & WRITABLE:
        raise UserError(f"output={output}: is read-only")
    if not overwrite and not _is_result(target):
        raise UserError(f"output={output}: exists, and nst did not make it; overwrite=true replaces it")


def _is_result(path: Path) -> bool:
    """Return whether a file is a picture that nst wrote: those carry their run's signature."""
    try:
        with open_own(path) as image:
            return "nst:signature" in image.info
    except Exception:  # whatever a foreign file makes a decoder raise
        return False


def _check_no_input(config: Config, spec: Spec, target: Path) -> None:
    for name in _strings([asdict(spec), {**asdict(config), "output": None}]):
        if exists(name) and os.path.samefile(os.path.expanduser(name), target):
            raise UserError(f"output={config.output}: is an input ({name}), which it would replace")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _store_of(config: Config, target: Path) -> Path | None:
    """Return the store that a path is in, this run's or any other, below one of its folders."""
    own = os.path.realpath(user_path("runs_dir", config.runs_dir))
    for folder in target.parents:
        is_store = str(folder) == own or (folder / MARKER).exists()
        if is_store and target.relative_to(folder).parts[0] in ROOMS:
            return folder
    return None
