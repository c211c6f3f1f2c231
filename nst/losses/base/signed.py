"""What is signed of a loss beside its name: a version, or a digest of its source."""

import hashlib
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from nst.losses.base.closed_forms import KINDS


def version(loss: type[Any]) -> str | None:
    """Return the version that is signed: None for version 1; for a loss without one of its own, a digest.

    The digest covers the source of the class's module and of the losses that it derives from.
    """
    own = vars(loss).get("version")
    if own is not None:
        return None if own == 1 else str(own)
    text = "\n".join(_described(base) for base in loss.__mro__ if base.__module__ not in (KINDS, "abc", "builtins"))
    return f"source {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _described(loss: type[Any]) -> str:
    """Return a class's version, or the text of its module, or of its parts if it was typed into an interpreter."""
    own = vars(loss).get("version")
    if own is not None:
        return f"{loss.__module__}.{loss.__qualname__} {own}"
    try:
        return inspect.getsource(inspect.getmodule(loss) or loss)
    except (OSError, TypeError):
        return "\n".join(_members(loss, {}))


def _members(owner: type[Any], seen: dict[str, None]) -> Iterator[str]:
    """Describe methods, the functions typed in beside them that they call, and attributes of plain values."""
    for name, value in sorted(vars(owner).items()):
        value = getattr(value, "__func__", getattr(value, "fget", getattr(value, "func", value)))
        if isinstance(value, FunctionType):
            yield from _function(value, seen)
        elif _is_plain(value) and not name.startswith("__"):
            yield f"{name} = {value!r}"


def _function(function: FunctionType, seen: dict[str, None]) -> Iterator[str]:
    """Describe a function, and the functions and plain values of its own module that it names."""
    yield _source(function)
    for name in _names(function.__code__):
        value = function.__globals__.get(name)
        if name in seen:
            continue
        seen[name] = None
        if isinstance(value, FunctionType) and value.__module__ == function.__module__:
            yield from _function(value, seen)
        elif _is_plain(value):
            yield f"{name} = {value!r}"


def _is_plain(value: object) -> bool:
    """Return whether a value's text is the same in every process."""
    return all(map(_is_plain, value)) if isinstance(value, tuple) else isinstance(value, bool | int | float | str)


def _source(function: FunctionType) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return _code(function.__code__) + repr(function.__defaults__)


def _code(code: CodeType) -> str:
    """Return a code's text, without what differs between processes: names of files and addresses."""
    constants = [_code(part) if isinstance(part, CodeType) else repr(part) for part in code.co_consts]
    return repr((code.co_name, code.co_code, constants, code.co_names))


def _names(code: CodeType) -> list[str]:
    """Return the names that a code and those inside it use."""
    inner = [name for part in code.co_consts if isinstance(part, CodeType) for name in _names(part)]
    return sorted({*code.co_names, *inner})
