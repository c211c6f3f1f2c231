"""Decide which terms `balance` applies to."""

from collections.abc import Sequence

from nst import losses
from nst.errors import UserError
from nst.spec.records import Term
from nst.spec.schema import Config


def balance(config: Config, terms: Sequence[Term]) -> str | None:
    """Return the kind of balance, or None if it is off; raises `UserError` if there is nothing to balance."""
    if config.balance == "none":
        return None
    if not any(is_balanced(term) for term in terms):
        raise UserError(f"balance={config.balance}: no style loss to balance; give style_weight, or use balance=none")
    return config.balance


def is_balanced(term: Term) -> bool:
    """Return whether a term compares layers with a picture of any shape: style losses do, content losses do not."""
    return is_style_loss(term.loss)


def is_style_loss(name: str) -> bool:
    """Return whether a loss compares layers with a picture of any shape."""
    kind = losses.find(name)
    return kind.kind in ("statistic", "whole") and not kind.same_shape
