"""Completion of the word after `nst` in a shell; Hydra completes what comes after `nst run`."""

import os
from collections.abc import Collection

LINE = "COMP_LINE"
"""The variable in which a shell hands over what has been typed."""


def complete(commands: Collection[str]) -> list[str]:
    """Return the commands that begin as the word being typed; if none does, leave Hydra a line that it can read."""
    program, _, typed = os.environ.get(LINE, "").lstrip().partition(" ")
    first, is_over, rest = typed.lstrip().partition(" ")
    if first in commands and is_over:
        os.environ[LINE] = f"{program} {rest}"
        return []
    return [] if is_over else [command for command in commands if command.startswith(first)]
