"""Read the settings of an optimizer: those that are off, or belong to another clamp, are absent."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from nst.errors import UserError, did_you_mean
from nst.spec.check import PRECONDITIONERS, check_keys
from nst.spec.records import OPTIMIZERS, Adam, Lbfgs, Preconditioner
from nst.typed_values import like, number


def optimizer_settings(settings: Mapping[str, Any]) -> Lbfgs | Adam:
    """Return the optimizer that the keys of `optimizer` describe; raises `UserError` for keys that it does not have."""
    name = settings.get("name")
    if name not in OPTIMIZERS:
        raise UserError(f"optimizer={name}: unknown{did_you_mean(str(name), OPTIMIZERS)}")
    kind = OPTIMIZERS[name]
    known = {field.name: field for field in fields(kind)}
    check_keys([str(key) for key in settings], list(known), "optimizer.")
    given = {key: value for key, value in settings.items() if key != "preconditioner"}
    found = kind(**{key: _setting(known[key].default, value, f"optimizer.{key}") for key, value in given.items()})
    if isinstance(found, Lbfgs):
        found = replace(found, preconditioner=_preconditioner(settings.get("preconditioner")))
    if isinstance(found, Lbfgs) and found.clamp != "projected":
        return replace(found, max_step=0.0, project_gradient=False)
    return found


def _preconditioner(given: Any) -> Preconditioner | None:
    """Return the preconditioner of L-BFGS; None if there is none."""
    key = "optimizer.preconditioner"
    if not isinstance(given, Mapping | None):
        raise UserError(f"{key}={given}: has two keys, {key}.kind and {key}.exponent; try {key}.kind={given}")
    settings = {"kind": "none", "exponent": None, **(given or {})}
    check_keys(list(settings), [field.name for field in fields(Preconditioner)], f"{key}.")
    kind = like("none", settings["kind"], f"{key}.kind")
    given = settings["exponent"]
    exponent = PRECONDITIONERS.get(kind, 1.0) if given is None else number(given, f"{key}.exponent")
    return None if kind == "none" else Preconditioner(kind, exponent)


def _setting(default: Any, value: Any, key: str) -> Any:
    """Convert a setting to the type of its default; a number that is off by default is None if it is off."""
    if default is not None:
        return like(default, value, key)
    return None if value is None else number(value, key) or None
