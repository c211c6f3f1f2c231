"""Completion of the word after `nst` in a shell; Hydra completes what comes after `nst run`."""

import os
from collections.abc import Collection

LINE = "COMP_LINE"
"""The environment variable in which a shell passes the line typed so far."""


def complete(commands: Collection[str]) -> list[str]:
    """Return the commands that begin with the word being typed; after a whole one, rewrite the line for Hydra."""
    program, _, typed = os.environ.get(LINE, "").lstrip().partition(" ")
    first, is_over, rest = typed.lstrip().partition(" ")
    if first in commands and is_over:
        os.environ[LINE] = f"{program} {rest}"
        return []
    return [] if is_over else [command for command in commands if command.startswith(first)]
