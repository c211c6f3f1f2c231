"""Check `output` and the store before anything is computed, and copy the finished picture to `output`."""

import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PIL.Image import Image, Resampling

from nst.errors import UserError, reason
from nst.pictures.find import PictureFile
from nst.pictures.formats.encode import LONGEST_SIDE, LOSSLESS, Quality, encode, file_format, text_in
from nst.pictures.read import open_own, read_alpha
from nst.spec.check import check_choice
from nst.spec.records import Spec
from nst.spec.schema import Config
from nst.spec.sizes.shapes import result_shape
from nst.store.files.atomic import write_bytes
from nst.store.files.names import IMAGE, MARKER, METRICS, ROOMS
from nst.store.store import Store
from nst.sweep.rerun import run_name
from nst.typed_values import exists, user_path

ALPHAS = ("drop", "keep")
WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def check_output(config: Config, spec: Spec) -> None:
    """Refuse an `output` that could not be written, is an input, or is a file of the user's; links are followed."""
    check_choice("alpha", config.alpha, ALPHAS)
    _check_quality(config.quality)
    if (output := config.output) is None:
        return
    target = _target(output)
    try:
        _check_format(config, spec, target)
        _check_folder(output, target)
        if os.path.lexists(target):
            _check_no_input(config, spec, target)
            _check_replaced(output, target, config.overwrite)
        if store := _store_of(config, target):
            raise UserError(f"output={output}: is inside the store {store}, whose files are nst's own")
    except OSError as error:
        raise UserError(f"output={output}: cannot be written ({error.strerror or error})") from None


def copy_output(store: Store, spec: Spec, config: Config) -> str:
    """Put a finished picture where the user wants it, in the format of that name, and return the name.

    Raises `UserError` if that is no longer possible.
    """
    output, folder = str(config.output), store.run(run_name(store, spec))
    target, note = _target(output), ""
    try:
        alpha = _alpha(spec, config)
        if config.alpha == "keep" and alpha is None:
            note = " (the content has no transparency)"
        write_bytes(target, _encoded(folder / IMAGE, target, alpha, config.resize, config.quality))
    except (OSError, ValueError, MemoryError) as error:
        raise UserError(f"output={output}: {reason(error)}; the picture is in {folder}") from None
    return f"{user_path('output', output)}{note}"


def _encoded(picture: Path, target: Path, alpha: Image | None, resize: str, quality: Quality) -> bytes:
    """Return the file of a picture of the store in the format of a name; a PNG without transparency is the same."""
    wanted = file_format(target)
    assert wanted is not None, "checked before the run"
    if wanted == "PNG" and alpha is None:
        return picture.read_bytes()
    with open_own(picture) as image:
        result = image.convert("RGB")
    if alpha is not None:
        result.putalpha(alpha.resize(result.size, Resampling[resize.upper()]))
    return encode(result, wanted, text_in(picture), quality)


def _alpha(spec: Spec, config: Config) -> Image | None:
    """Return the opacity of the content at its own size, if it is to be kept and there is any transparency."""
    content = spec.pictures.get("content")
    if config.alpha != "keep" or not isinstance(content, PictureFile):
        return None
    return read_alpha(Path(content.path), content.sha256)


def check_store(config: Config) -> Store:
    """Return the store; refuse one that cannot be read, lies in another, or would mix with the user's own pictures."""
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


def _check_format(config: Config, spec: Spec, target: Path) -> None:
    """Refuse a name of no known format, and what the format of the name cannot hold."""
    output, wanted = str(config.output), file_format(target)
    if os.path.isdir(target) or output.endswith(os.sep):
        raise UserError(f"output={output}: is a folder; give a file in it, such as {Path(output, 'result.png')}")
    if wanted is None:
        raise UserError(f"output={output}: must be the name of a .png, .jpg, .jpeg or .webp file")
    if config.quality == LOSSLESS and wanted == "JPEG":
        raise UserError("quality=lossless: a JPEG always loses something; use the name of a .webp or .png file")
    if config.alpha == "keep":
        _check_alpha(spec, wanted)
    if longest := LONGEST_SIDE.get(wanted):
        longer = max(result_shape(spec))
        if longer > longest:
            raise UserError(f"output={output}: a {wanted} has at most {longest} pixels a side, not {longer}; use .png")


def _check_alpha(spec: Spec, wanted: str) -> None:
    content = spec.pictures.get("content")
    if wanted == "JPEG":
        raise UserError("alpha=keep: a JPEG has no transparency; use the name of a .png or .webp file")
    if not isinstance(content, PictureFile):
        what = "this texture has no content picture" if content is None else "a blend has no transparency"
        raise UserError(f"alpha=keep: {what}; use alpha=drop")


def _check_quality(quality: object) -> None:
    is_number = isinstance(quality, int) and not isinstance(quality, bool) and 1 <= quality <= 100
    if not is_number and quality != LOSSLESS:
        raise UserError(f"quality={quality}: must be a whole number from 1 to 100, or lossless")


def _target(output: str) -> Path:
    return Path(os.path.realpath(user_path("output", output)))


def _check_folder(output: str, target: Path) -> None:
    """Try to write into the folder, or its nearest existing parent; raises `OSError` for names that are too long."""
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
        raise UserError(f"output={output}: is not a regular file")
    if not os.access(target, os.W_OK) or not status.st_mode & WRITABLE:
        raise UserError(f"output={output}: is read-only")
    if not overwrite and not _is_result(target):
        raise UserError(f"output={output}: exists, and nst did not make it; overwrite=true replaces it")


def _is_result(path: Path) -> bool:
    """Return whether a file is a picture that nst wrote: those carry their run's signature."""
    try:
        return "nst:signature" in text_in(path)
    except Exception:  # a decoder may raise anything on a foreign file
        return False


def _check_no_input(config: Config, spec: Spec, target: Path) -> None:
    for name in _strings([asdict(spec), {**asdict(config), "output": None}]):
        if exists(name) and os.path.samefile(os.path.expanduser(name), target):
            raise UserError(f"output={config.output}: would replace an input of the run, {name}")


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
