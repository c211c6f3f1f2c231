"""The two ways a run can end badly, and the wording of "unknown name" messages."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import PurePath

MANY = 16
"""More choices than this are not listed in a message of one line."""
NEAR = 0.65
"""Names that are less alike are no misspellings of each other; 1 is the same."""


class UserError(Exception):
    """A mistake in what was asked for. Shown as one line on stderr; exit code 2; nothing is started."""


class JobError(Exception):
    """A run that was rightly asked for but could not be finished. Recorded in its `error.json`; exit code 1."""


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """`; did you mean 'conv_16'?` for the nearest choice, or the choices where none is near and they are few."""
    known = [str(choice) for choice in choices if str(choice) != name]
    likeness, nearest = max(((_likeness(name, choice), choice) for choice in known), default=(0.0, ""))
    if likeness >= NEAR:
        return f"; did you mean '{nearest}'?"
    return f"; choose from {', '.join(known)}" if 0 < len(known) <= MANY else ""


def reason(error: BaseException) -> str:
    """What an error says; of the system's, without `[Errno 28]`: `No space left on device: runs/x.png`."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)


def _likeness(name: str, choice: str) -> float:
    """From 0 to 1; an ending that two files share says nothing."""
    ending = PurePath(name).suffix
    if ending and choice.endswith(ending):
        name, choice = name.removesuffix(ending), choice.removesuffix(ending)
    return SequenceMatcher(a=choice, b=name).ratio()
