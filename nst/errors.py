"""The two ways a run can end badly, and the wording of "unknown name" messages."""

from collections.abc import Iterable
from difflib import get_close_matches

MANY = 16
"""More choices than this are not listed in a message of one line."""


class UserError(Exception):
    """A mistake in what was asked for. Shown as one line on stderr; exit code 2; nothing is started."""


class JobError(Exception):
    """A run that was rightly asked for but could not be finished. Recorded in its `error.json`; exit code 1."""


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """`; did you mean 'conv_16'?` for the nearest choice, or the choices where none is near and they are few."""
    known = [str(choice) for choice in choices]
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; choose from {', '.join(known)}" if 0 < len(known) <= MANY else ""
