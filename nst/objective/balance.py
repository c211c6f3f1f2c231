"""Balance style losses: factors, measured once at the start, that make losses of different scale comparable.

Every term that `is_balanced` gets a factor for each of its layers; content and picture losses get none. Let R be the
root mean square (RMS), at the starting picture, of the gradient of a Gram loss with the same layers, layer weights and
targets:

total    one factor for all layers of a term: R divided by the RMS of the term's own gradient
layers   one factor per layer, which scales that layer's gradient to its weight's share of R: w / sum(w) R

Gradients are in float32 (float64 in fp64 runs). If a gradient is 0, as for a style loss that starts from its style, the
factor is 1; rounding may leave such a gradient above 0, so a start that equals the target counts as one, too. A layer
at which a mask is empty, which it may not be at a later size, gets the geometric mean of the term's others. Factors
stay constant from then on, so that the optimizer minimises a single function.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import geometric_mean

import torch
from PIL.Image import Image
from torch import Tensor

from nst.objective.objective import build_objective
from nst.objective.reference import Objective
from nst.pictures.tensors import to_tensor
from nst.spec.records import Spec, Start, Term, target_names
from nst.spec.terms.balance import is_balanced

Factors = Mapping[str, Mapping[str, float]]
"""Factors by term name, then by layer name."""


Seen = Callable[[Spec, Objective], Objective]
"""Returns an objective as the run's optimizer sees it."""


def measure_factors(
    spec: Spec, pictures: Mapping[str, Image], start: Tensor, seen: Seen = lambda _, objective: objective
) -> Factors | None:
    """Return the factors for a run of `spec` that starts at `start` (1, 3, H, W); None if it does not balance.

    `pictures`: as they enter the run, keyed by their names in `spec.pictures`.
    """
    if spec.balance is None:
        return None
    autotunes, torch.backends.cudnn.benchmark = torch.backends.cudnn.benchmark, False  # each shape occurs once
    try:
        gradients = _Gradients(spec, pictures, start, seen)
        by_term = _of_total if spec.balance == "total" else _of_layers
        return {
            term.name: dict.fromkeys(term.layers, 1.0) if gradients.is_met(term) else by_term(term, gradients)
            for term in spec.terms
            if is_balanced(term)
        }
    finally:
        torch.backends.cudnn.benchmark = autotunes


def with_factors(spec: Spec, factors: Factors | None) -> Spec:
    """Return the spec with the factors multiplied into its layer weights, so that term losses include them."""
    if factors is None:
        return spec
    terms = (_weighed(term, factors[term.name]) if term.name in factors else term for term in spec.terms)
    return replace(spec, terms=tuple(terms), balance=None)


def fits(factors: object, spec: Spec) -> bool:
    """Return whether `factors`, read from a file, have the terms and layers of a spec and valid numbers."""
    if spec.balance is None or not isinstance(factors, dict):
        return spec.balance is None and factors is None
    expected = {term.name: set(term.layers) for term in spec.terms if is_balanced(term)}
    if not all(isinstance(layers, dict) for layers in factors.values()):
        return False
    if {name: set(layers) for name, layers in factors.items()} != expected:
        return False
    numbers = [factor for layers in factors.values() for factor in layers.values()]
    return all(isinstance(number, float) and 0 < number < math.inf for number in numbers)


def _weighed(term: Term, factors: Mapping[str, float]) -> Term:
    pairs = zip(term.layers, term.layer_weights, strict=True)
    return replace(term, layer_weights=tuple(weight * factors[layer] for layer, weight in pairs))


def _of_total(term: Term, gradients: "_Gradients") -> dict[str, float]:
    factor = 1.0 if term.loss == "gram" else _ratio(gradients.of(_as_gram(term)), gradients.of(term))
    return dict.fromkeys(term.layers, factor)


def _of_layers(term: Term, gradients: "_Gradients") -> dict[str, float]:
    whole = gradients.of(_as_gram(term)) / sum(term.layer_weights)
    each = {layer: gradients.of(_at(term, layer)) for layer in term.layers}
    factors = {layer: _ratio(whole, found) for layer, found in each.items()}
    measured = [factors[layer] for layer, found in each.items() if found]
    if term.has_mask and measured:
        return {layer: factors[layer] if found else geometric_mean(measured) for layer, found in each.items()}
    return factors


def _as_gram(term: Term) -> Term:
    return replace(term, loss="gram", settings=(), version=None)


def _at(term: Term, layer: str) -> Term:
    return replace(term, layers=(layer,), layer_weights=(1.0,))


def _ratio(wanted: float, found: float) -> float:
    """Return wanted / found; 1 if that is 0, infinite or NaN."""
    ratio = wanted / found if found else 0.0
    return ratio if 0 < ratio < math.inf else 1.0


class _Gradients:
    """RMS gradients at the start, of one term at a time with weight 1."""

    def __init__(self, spec: Spec, pictures: Mapping[str, Image], start: Tensor, seen: Seen) -> None:
        self.spec, self.pictures, self.seen = spec, pictures, seen
        self.precision = "fp64" if spec.precision == "fp64" else "fp32"
        dtype = torch.float64 if spec.precision == "fp64" else torch.float32
        self.start = start.to(spec.runtime.device, dtype)

    def is_met(self, term: Term) -> bool:
        """Return whether the start equals every target picture of the term."""
        targets = [to_tensor(self.pictures[name]).to(self.start) for name in target_names(term)]
        return all(torch.equal(target, self.start) for target in targets)

    def of(self, term: Term) -> float:
        terms, start = (replace(term, weight=1.0),), Start("uniform")
        alone = replace(self.spec, terms=terms, start=start, balance=None, colours=None)
        shape = (self.start.shape[2], self.start.shape[3])
        objective = self.seen(self.spec, build_objective(alone, self.precision, self.pictures, shape))
        gradient = objective.loss_and_gradient(self.start)[1]
        return float(gradient.cpu().double().square().mean().sqrt())
