"""Paths as users type them."""

import os
from pathlib import Path

from nst.errors import UserError


def user_path(key: str, name: str | Path) -> Path:
    """The path that `key=name` means, with `~` expanded; `UserError` if there is no such home folder."""
    try:
        return Path(name).expanduser()
    except RuntimeError:  # no such user, or neither HOME nor an entry for this one
        user = os.fspath(name).partition(os.sep)[0]
        raise UserError(f"{key}={name}: {user!r} is no folder here; there is no home folder of that user") from None


def exists(name: str) -> bool:
    """Whether something is there; False for a name that can be none."""
    return os.path.exists(os.path.expanduser(name))
