"""Expand paths as users type them."""

import os
from pathlib import Path

from nst.errors import UserError


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
