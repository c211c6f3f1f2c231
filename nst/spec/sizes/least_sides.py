"""Refuse a feature, or a picture, that is too small for the loss that compares it."""

from collections.abc import Callable, Iterator

from nst import losses, networks
from nst.errors import UserError
from nst.spec.check import term_key
from nst.spec.records import Picture, Spec, Term

Fitted = Callable[[Picture], tuple[int, int]]
"""Returns width and height of a picture as it enters the run."""


def check_least_sides(spec: Spec, fitted: Fitted) -> None:
    """Refuse the first term that sees less than its loss needs, in its result or in a target."""
    for term in spec.terms:
        kind = losses.find(term.loss)
        least = kind.least_side(losses.settings_record(kind, term.settings))
        pictures = [spec.pictures[spec.frame], *(target.picture for target in term.targets)]
        for (width, height), (name, reduction) in ((fitted(p), seen) for p in pictures for seen in _seen(spec, term)):
            side = min(width, height) // reduction
            if side < least:
                raise UserError(
                    f"{term_key(term.name, 'loss')}={term.loss}: needs {least} x {least} positions, but {name} has "
                    f"{side} on its shorter side at size={spec.size}; use size={least * reduction} or more"
                )


def _seen(spec: Spec, term: Term) -> Iterator[tuple[str, int]]:
    """Yield what a term sees, by name, and the picture's pixels across one of its positions."""
    if not term.layers:
        yield "the picture", 1
    for layer in term.layers:
        yield layer, networks.architecture(spec.network.name).at(layer).reduction
