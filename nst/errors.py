"""The errors of users and of runs, and the wording of messages about unknown names."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import PurePath

MANY = 32
"""The most choices that a one-line message lists."""
NEAR = 0.65
"""The least similarity of a name to one that is suggested for it; 1 is equal."""


class UserError(ValueError):
    """A user's mistake. Shown as one line on stderr; exit code 2; nothing is started."""


class JobError(Exception):
    """A valid run that could not be finished. Recorded in its `error.json`; exit code 1."""


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """Return `; did you mean 'conv_16'?` for the nearest choice; if none is near, the choices if they are few."""
    known = [str(choice) for choice in choices if str(choice) != name]
    similarity, nearest = max(((_similarity(name, choice), choice) for choice in known), default=(0.0, ""))
    if similarity >= NEAR:
        return f"; did you mean '{nearest}'?"
    return f"; choose from {', '.join(known)}" if 0 < len(known) <= MANY else ""


def reason(error: BaseException) -> str:
    """Return an error's message; a system error's without its number: `No space left on device: runs/x.png`."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return "memory ran out" if isinstance(error, RuntimeError) and is_out_of_memory(error) else str(error)


def broken_import(error: BaseException) -> str:
    """Return one line for a failed import that names its root cause."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = " ".join(str(error).split())
    return "a part of nst cannot be imported: " + ": ".join(filter(None, (type(error).__name__, text)))


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether memory ran out; PyTorch raises a `RuntimeError`, often recognisable only by its text."""
    texts = ("can't allocate memory", "out of memory", "ALLOC_FAILED", "can't start new thread")
    is_torchs = type(error).__name__ == "OutOfMemoryError" or any(text in str(error) for text in texts)
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and is_torchs)


def _similarity(name: str, choice: str) -> float:
    """Return a ratio from 0 to 1, ignoring a suffix that two file names share."""
    ending = PurePath(name).suffix
    if ending and choice.endswith(ending):
        name, choice = name.removesuffix(ending), choice.removesuffix(ending)
    return SequenceMatcher(a=choice, b=name).ratio()
