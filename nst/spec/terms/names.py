"""Tell the names of terms apart: those of the flat keys, those of guides, and those that users give in `losses`."""

import re

RESERVED = ("content", "style", "tv", "total", "best_total", "init", "freeze", "guide_1")
"""Names already taken by terms, columns and pictures of the flat keys; `guide_2`, ... are taken, too."""


def guide_name(number: int) -> str:
    """Return the name of a guide's term; guides are counted from 1."""
    return f"guide_{number}"


def guide_number(name: str) -> int | None:
    """Return the number of the guide whose term has this name, None if it is no guide's."""
    found = re.fullmatch(r"guide_(\d+)", name)
    return int(found[1]) if found else None


def is_guide(name: str) -> bool:
    """Return whether a term of this name is a guide's: the style in a region of its own."""
    return guide_number(name) is not None


def is_loss_name(name: str) -> bool:
    """Return whether users may give a term this name in `losses`."""
    return re.fullmatch(r"(?!guide_\d)[a-z][a-z0-9_]*", name) is not None and name not in RESERVED
