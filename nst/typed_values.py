"""Convert values of a configuration to the type of the default they replace, to a path, or to text that Hydra reads."""

import math
import os
import re
from pathlib import Path
from typing import Any

from nst.errors import UserError

KINDS = {bool: "true or false", int: "a whole number"}


def like(default: Any, value: Any, key: str) -> Any:
    """Convert `value` to the type of `default`: a bool, an int, a finite float or a string; raises `UserError`."""
    if isinstance(default, float):
        return number(value, key)
    try:
        if isinstance(default, bool) != isinstance(value, bool) or isinstance(value, dict | list | tuple | type(None)):
            raise ValueError
        if isinstance(default, int) and float(value) != int(value):
            raise ValueError
        return type(default)(value)
    except (TypeError, ValueError, OverflowError):
        raise UserError(f"{key}={value}: must be {KINDS.get(type(default), 'text')}") from None


def number(value: Any, key: str) -> float:
    """Return a finite number; raises `UserError` for anything else, true and false included."""
    try:
        found = None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = None
    if found is None or not math.isfinite(found):
        raise UserError(f"{key}={value}: must be a {'number' if found is None else 'finite number'}")
    return found


def plain(value: Any, key: str) -> Any:
    """Return a value that can be signed, lists as tuples; raises `UserError` for non-finite numbers and mappings."""
    if isinstance(value, list | tuple):
        return tuple(plain(part, key) for part in value)
    if value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise UserError(f"{key}={value}: must be a finite number, a text or a list of them")


def user_path(key: str, name: str | Path) -> Path:
    """Return the path of `key=name`, with `~` expanded; raises `UserError` if there is no such home folder."""
    try:
        return Path(name).expanduser()
    except RuntimeError:  # no such user, or neither HOME nor an entry for this one
        user = os.fspath(name).partition(os.sep)[0]
        raise UserError(f"{key}={name}: {user!r} is no folder here; there is no home folder of that user") from None


def exists(name: str) -> bool:
    """Return whether a path exists; False for a name that no path can have."""
    return os.path.exists(os.path.expanduser(name))


def quoted(text: str) -> str:
    """Quote any text as one value of Hydra's grammar."""
    doubled = re.sub(r"(\\+)('|\Z)", r"\1\1\2", text)  # Hydra takes other backslashes literally
    return "'" + doubled.replace("'", r"\'") + "'"
