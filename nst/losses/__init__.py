"""Losses: one module each, found by name, with a class `Loss` derived from a kind in `nst.objective.layer_losses`.

Other packages add modules by entry points of the group `nst.losses`, notebooks by `add`.
"""

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from nst.errors import UserError, did_you_mean
from nst.losses.base import closed_form_clash, version
from nst.plugins import Plugins
from nst.typed_values import like, plain

if TYPE_CHECKING:
    from nst.objective.layer_losses import AnyLoss

__all__ = ["PLUGINS", "add", "find", "names", "settings", "settings_record", "version"]

PLUGINS = Plugins("nst.losses", "loss")


def names() -> tuple[str, ...]:
    """Return the sorted names of all losses, without importing them."""
    return PLUGINS.names()


def add(name: str, loss: "type[AnyLoss]") -> None:
    """Add a loss called `name` for this process, for example one defined in a notebook."""
    PLUGINS.added[name] = loss


def find(name: str, key: str = "loss") -> "type[AnyLoss]":
    """Return the class of the loss called `name`; raises `UserError`, with `key` in front, for an unknown one."""
    found = PLUGINS.load(name, "Loss", key)
    if not isinstance(found, type) or not hasattr(found, "kind"):
        raise UserError(f"{key}={name}: its Loss does not derive from any kind of loss in nst.objective.layer_losses")
    if missing := sorted(getattr(found, "__abstractmethods__", ())):
        raise UserError(f"{key}={name}: its Loss does not define {' or '.join(missing)}")
    if clash := closed_form_clash(found):
        raise UserError(f"{key}={name}: its Loss {clash}")
    return found


def place(error: BaseException, names: Iterable[str]) -> str | None:
    """Return the innermost line of the named losses that an error passed through, `mine.py, line 8`, or None."""
    return PLUGINS.place(error, names)


def settings(loss: "type[AnyLoss]", values: dict[str, Any], key: str) -> tuple[tuple[str, Any], ...]:
    """Return a loss's settings with defaults filled in, as sorted pairs.

    A value is converted to the type of its default. Raises `UserError` for unknown keys and values of another type.
    """
    kind = loss.Settings
    defaults = {field.name: field.default for field in fields(kind)} if kind else {}
    for wrong in (name for name in values if name not in defaults):
        others = did_you_mean(wrong, list(defaults)) if defaults else "; this loss has none"
        raise UserError(f"{key}.{wrong}: no such setting{others}")
    if kind is None:
        return ()
    given = {name: _setting(defaults[name], value, f"{key}.{name}") for name, value in values.items()}
    try:
        return tuple(sorted(asdict(kind(**given)).items()))
    except (TypeError, ValueError) as error:
        raise UserError(f"{key}: {error}") from None


def settings_record(loss: "type[AnyLoss]", pairs: Iterable[tuple[str, Any]]) -> Any:
    """Return a loss's `Settings`, made from the pairs that `settings` returns, or None for a loss without settings."""
    return loss.Settings(**dict(pairs)) if loss.Settings else None


def _setting(default: Any, value: Any, key: str) -> Any:
    typed = isinstance(default, bool | int | float | str)
    return like(default, value, key) if typed else plain(value, key)
