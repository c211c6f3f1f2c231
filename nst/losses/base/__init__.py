"""Inspect loss classes for the registry, without importing PyTorch: clashes of methods, and versions to sign."""

import hashlib
import inspect
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType
from typing import Any

FUNCTIONS = ("distance", "pointwise")
CLOSED_FORMS = ("update", "finish", "evaluate", "compute", "backward")
KINDS = "nst.objective.layer_losses"


def closed_form_clash(loss: type[Any]) -> str | None:
    """Return an error if a class overrides a loss's function but not its closed forms; None if it is fine.

    The base classes of all kinds derive everything from the function. A loss derived from them may have closed forms,
    with which a new function would keep the gradient of the old one.
    """
    forms = [(name, _owner(loss, name)) for name in CLOSED_FORMS if hasattr(loss, name)]
    forms = [(name, owner) for name, owner in forms if not _is_kind(owner)]
    for function in (name for name in FUNCTIONS if hasattr(loss, name)):
        newest = _owner(loss, function)
        newer = loss.__mro__[: loss.__mro__.index(newest) + 1]
        if not _is_kind(newest) and forms and not any(owner in newer for _, owner in forms):
            name, owner = forms[0]
            return (
                f"has its own {function}, but {name} of {owner.__module__}.{owner.__name__}; "
                f"derive it from a kind in {KINDS}, or override both"
            )
    return None


def _is_kind(base: type[Any]) -> bool:
    return f"{base.__module__}.".startswith(f"{KINDS}.")


def _owner(loss: type[Any], name: str) -> type[Any]:
    return next(base for base in loss.__mro__ if name in vars(base))


def version(loss: type[Any]) -> str | None:
    """Return the version that goes into signatures: None for version 1; a digest for a loss without a version.

    The digest covers the source of the class's module and of the losses that it derives from.
    """
    own = vars(loss).get("version")
    if own is not None:
        return None if own == 1 else str(own)
    signed = [base for base in loss.__mro__ if not (_is_kind(base) or base.__module__ in ("abc", "builtins"))]
    text = "\n".join(_described(base) for base in signed)
    return f"source {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _described(loss: type[Any]) -> str:
    """Return a class's version, else the source of its module, or of its members if typed into an interpreter."""
    if (own_version := vars(loss).get("version")) is not None:
        return f"{loss.__module__}.{loss.__qualname__} {own_version}"
    try:
        return inspect.getsource(inspect.getmodule(loss) or loss)
    except (OSError, TypeError):
        own = {name: value for name, value in vars(loss).items() if not (name.startswith("__") and _is_plain(value))}
        return "\n".join(_texts(((name, _function(value)) for name, value in sorted(own.items())), set()))


def _function(member: Any) -> Any:
    """Return the function inside a class method, a property or a cached property."""
    return getattr(member, "__func__", getattr(member, "fget", getattr(member, "func", member)))


def _texts(values: Iterable[tuple[str, Any]], seen: set[str]) -> Iterator[str]:
    """Yield the text of plain values, and of functions with what they refer to in their module, each name once."""
    for name, value in values:
        if isinstance(value, FunctionType):
            yield _source(value)
            yield from _texts(_beside(value, seen), seen)
        elif _is_plain(value):
            yield f"{name} = {value!r}"


def _beside(function: FunctionType, seen: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield what a function refers to in its own module, except for the names in `seen`."""
    for name in _names(function.__code__):
        value = function.__globals__.get(name)
        if name not in seen and getattr(value, "__module__", function.__module__) == function.__module__:
            seen.add(name)
            yield name, value


def _is_plain(value: object) -> bool:
    """Return whether a value's text is the same in every process."""
    return all(map(_is_plain, value)) if isinstance(value, tuple) else isinstance(value, bool | int | float | str)


def _source(function: FunctionType) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return _code(function.__code__) + repr(function.__defaults__)


def _code(code: CodeType) -> str:
    """Return a code object's text, without file names and addresses, which differ between processes."""
    constants = [_code(part) if isinstance(part, CodeType) else repr(part) for part in code.co_consts]
    return repr((code.co_name, code.co_code, constants, code.co_names))


def _names(code: CodeType) -> list[str]:
    """Return the names that a code object and those nested in it use."""
    inner = [name for part in code.co_consts if isinstance(part, CodeType) for name in _names(part)]
    return sorted({*code.co_names, *inner})
