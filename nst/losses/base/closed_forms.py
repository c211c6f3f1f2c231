"""Find losses whose gradient is that of another loss: a new function under inherited closed forms of the old one."""

from typing import Any

FUNCTIONS = ("distance", "pointwise")
CLOSED_FORMS = ("update", "finish", "evaluate", "compute", "backward")
KINDS = "nst.objective.layer_losses"


def closed_form_clash(loss: type[Any]) -> str | None:
    """Return what is wrong with a class that overrides its loss's function alone; None if nothing is.

    The base classes of all kinds derive everything from the function; a loss below them may have closed forms.
    """
    for function in (name for name in FUNCTIONS if hasattr(loss, name)):
        newer = _below(loss, _owner(loss, function))
        inherited = [name for name in CLOSED_FORMS if hasattr(loss, name) and _has_own(loss, name)]
        if newer is None or not inherited or any(_owner(loss, name) in newer for name in inherited):
            continue
        owner = _owner(loss, inherited[0])
        return (
            f"has its own {function}, but {inherited[0]} of {owner.__module__}.{owner.__name__}; "
            f"derive it from a kind in {KINDS}, or override both"
        )
    return None


def _owner(loss: type[Any], name: str) -> type[Any]:
    return next(base for base in loss.__mro__ if name in vars(base))


def _has_own(loss: type[Any], name: str) -> bool:
    return _owner(loss, name).__module__ != KINDS


def _below(loss: type[Any], owner: type[Any]) -> tuple[type[Any], ...] | None:
    """Return the classes down from the owner of a function; None if that is a kind's own."""
    return None if owner.__module__ == KINDS else loss.__mro__[: loss.__mro__.index(owner) + 1]
