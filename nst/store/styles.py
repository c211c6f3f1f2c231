"""The styles of a run in words: `a + b` in a plan's values, `0.7 a + 0.3 b` in labels, and the name of each input."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from nst.store.plan import Value

BETWEEN = " + "
"""Between the names of several styles in the value of the key `style`."""


def mixed(values: Mapping[str, Value], *, always: bool = False) -> str | None:
    """Return the styles of a run with their shares if these differ: `0.7 a + 0.3 b`; None if it has no styles.

    A style with a share of 0 is left out. `always`: write equal shares, too.
    """
    taken = _taken(values)
    if not taken:
        return None
    if len(taken) == 1 or (not always and len({share for _, share in taken}) == 1):
        return BETWEEN.join(name for name, _ in taken)
    return BETWEEN.join(f"{share} {name}" for name, share in taken)


def stem(name: str) -> str:
    """Return the last part of a path, without its suffix; a plain name as it is."""
    return Path(name).stem if "/" in name or "\\" in name else name


def with_stand_in(name: str, meant: str) -> str:
    """Return the name of a picture and that of the one that stands for it: `frida_kahlo (coffee)`."""
    return stem(name) if stem(meant) == stem(name) else f"{stem(name)} ({stem(meant)})"


def style_names(values: Mapping[str, Value]) -> list[str]:
    """Return the names of a run's style pictures, in the order of its inputs: those with a share."""
    return [name for name, _ in _taken(values)]


def _taken(values: Mapping[str, Value]) -> Sequence[tuple[str, str]]:
    names, shares = values.get("style"), values.get("style_shares")
    if not isinstance(names, str):
        return ()
    each = names.split(BETWEEN)
    parts = shares.split(", ") if isinstance(shares, str) else [f"{1 / len(each):.3g}"] * len(each)
    if len(parts) != len(each):  # a name with a plus in it
        return ((names, ""),)
    return [(name, share) for name, share in zip(each, parts, strict=True) if share != "0"]
