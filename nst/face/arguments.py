"""Translate keywords into the words of a command line, so that the same code checks, composes and names both.

A mapping stands for keys with a dot: `optimizer={"name": "adam", "lr": 0.1}` for `optimizer=adam optimizer.lr=0.1`.
"""

import os
import re
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Any

from nst.errors import UserError
from nst.face.pictures import as_path, is_picture
from nst.sweep.hydra.argv import CHOICES
from nst.typed_values import quoted

FREE = "pair"
"""The key whose value may be a mapping."""
ONE_VALUE = ("picture_dirs", "report.")
"""Keys that never vary between runs: a list is one value."""


def arguments(keys: Mapping[str, Any], varies: bool = False) -> list[str]:
    """Return `KEY=VALUE` for each keyword; None is written as `null`.

    With `varies`, each element of a list is a value of its own; a tuple, or a list within the list, is one value.
    """
    return [f"{key}={_values(key, value) if varies else _value(key, value)}" for key, value in _flat(keys)]


def _flat(keys: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the keys of nested mappings, joined by dots; an optimizer's `name` comes first."""
    for key, value in keys.items():
        if not isinstance(value, Mapping) or key == FREE:
            yield f"{prefix}{key}", value
        elif key in CHOICES and not prefix:
            own = dict(value)
            if key == "optimizer" and "name" in own:
                yield key, own.pop("name")
            yield from _flat(own, f"++{key}." if key == "pictures" else f"{key}.")
        else:
            yield from _flat(value, f"{prefix}{key}.")


def _values(key: str, value: Any) -> str:
    if not isinstance(value, list | range) or key.startswith(ONE_VALUE):
        return _value(key, value)
    if not value:
        raise UserError(f"{key}=[]: has no value to run with")
    return ",".join(_value(key, one) for one in value)


def _value(key: str, value: Any) -> str:
    """Return one value in Hydra's grammar; a picture in memory becomes the path of its file."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_value(f'{key}.{name}', one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple | range):
        return f"[{','.join(_value(key, one) for one in value)}]"
    if is_picture(value):
        return quoted(str(as_path(key, value)))
    if isinstance(value, str | os.PathLike):
        return _text(os.fspath(value))
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, Real):
        return str(int(value)) if isinstance(value, Integral) else repr(float(value))
    raise UserError(f"{key}: cannot be a {type(value).__name__}; give a number, string, list, mapping or picture")


def _text(text: str) -> str:
    """Quote a string unless it is a single word, or takes its value from another key by `${...}`."""
    return text if "${" in text or re.fullmatch(r"[\w.+-]+", text, re.ASCII) else quoted(text)
