"""Losses: one module each, found by its name, with one class `Loss` of a kind in `nst.objective.layer_losses`.

Other packages add modules by entry points of the group `nst.losses`, notebooks by `add`.
"""

import hashlib
import inspect
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from nst.errors import UserError, did_you_mean
from nst.plugins import Plugins

if TYPE_CHECKING:
    from nst.objective.layer_losses import AnyLoss

PLUGINS = Plugins("nst.losses", "loss")


def names() -> tuple[str, ...]:
    """Return the names of all losses, sorted; imports none of them."""
    return PLUGINS.names()


def add(name: str, loss: "type[AnyLoss]") -> None:
    """Add a loss called `name` for this process, as one defined in a notebook."""
    PLUGINS.added[name] = loss


def find(name: str, key: str = "loss") -> "type[AnyLoss]":
    """Return the class of the loss called `name`; raises `UserError`, with `key` in front, for an unknown one."""
    found = Plugins(PLUGINS.package, key, PLUGINS.added).load(name, "Loss")
    if not isinstance(found, type) or not hasattr(found, "kind"):
        raise UserError(f"{key}={name}: its Loss derives from no kind of loss in nst.objective.layer_losses")
    return found


def version(loss: "type[AnyLoss]") -> str | None:
    """Return the version that is signed: None for version 1; for a loss without one, a digest of its source."""
    if loss.version is not None:
        return None if loss.version == 1 else str(loss.version)
    return f"source {hashlib.sha256(_source(loss).encode()).hexdigest()[:12]}"


def _source(loss: "type[AnyLoss]") -> str:
    """Return the text of a loss's module; for one typed into an interpreter or a notebook, its compiled functions."""
    try:
        return inspect.getsource(inspect.getmodule(loss) or loss)
    except (OSError, TypeError):
        codes = [function.__code__ for function in vars(loss).values() if inspect.isfunction(function)]
        return repr([(code.co_name, code.co_code, code.co_consts, code.co_names) for code in codes])


def settings(loss: "type[AnyLoss]", values: dict[str, Any], key: str) -> tuple[tuple[str, Any], ...]:
    """Return a loss's settings with defaults filled in, as sorted pairs; raises `UserError` for unknown keys."""
    kind = loss.Settings
    known = [field.name for field in fields(kind)] if kind else []
    for wrong in (name for name in values if name not in known):
        raise UserError(f"{key}.{wrong}: no such setting{did_you_mean(wrong, known)}")
    if kind is None:
        return ()
    try:
        return tuple(sorted(asdict(kind(**values)).items()))
    except (TypeError, ValueError) as error:
        raise UserError(f"{key}: {error}") from None
