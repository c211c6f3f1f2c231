"""Novak and Nikulin 2016: weights of layers, more layers and shifted features, each said to improve the method."""

import re
from collections.abc import Sequence

from nst.papers import paper
from nst.papers.paper import Claim, Paper
from nst.statements.equal import Beside, beside, nearer
from nst.statements.paired import Number, Test, has
from nst.statements.runs import Run
from nst.statements.statement import NO_WORSE, TENTH, Finding, Question

_KEYS = ("style_layers", "style_layer_weights", "style_loss", "style_weight")
_BETTER = "improves the quality of the transfer over the original"


def _weights(run: Run) -> list[float]:
    return [float(one) for one in re.findall(r"[\d.]+", str(run.keys.get("style_layer_weights")))]


def _is_geometric(run: Run) -> bool:
    """Return whether the shallowest layer weighs more than the deepest; the paper's units give deep ones more."""
    return len(weights := _weights(run)) > 1 and weights[0] > weights[-1]


def _is_deep(run: Run) -> bool:
    """Return whether the style has all 16 layers."""
    return re.findall(r"\d+", str(run.keys.get("style_layers")))[-1:] == ["16"]


_is_shifted = has("style_loss", "shifted")


def _variant(*, geometric: bool = False, deep: bool = False, shifted: bool = False) -> Test:
    return lambda run: (_is_geometric(run), _is_deep(run), _is_shifted(run)) == (geometric, deep, shifted)


def colours_apart(run: Run) -> float:
    """Return 1 less the agreement of the histograms of colours: 0 for the style itself."""
    return 1 - run["global_effects_colours"]


def spectra_apart(run: Run) -> float:
    return run["spectrum_distance_style"]


_MEASURES: tuple[tuple[str, Number], ...] = (
    ("1 less the agreement of the histograms of colours with the style's", colours_apart),
    ("Distance of the luma's spectrum to the style's (octaves)", spectra_apart),
)


def _test(claim: str, quote: str, is_variant: Test, *, is_gain: bool = True) -> paper.Test:
    """Return the test of a variant: how much nearer it is to the style than the original, with as much content kept.

    `is_gain`: whether the claim is that it is nearer, not that it is no nearer.
    """

    def test(runs: Sequence[Run]) -> tuple[Finding, ...]:
        found = beside(runs, _KEYS, is_variant, _variant())
        return tuple(_finding(claim, quote, found, words, number, is_gain) for words, number in _MEASURES)

    return test


def _finding(claim: str, quote: str, found: Sequence[Beside], words: str, number: Number, is_gain: bool) -> Finding:
    order = "original over that of the variant" if is_gain else "variant over that of the original"
    statistic = (
        f"{words}, which none of these losses minimises: that of the {order}, at equal content fidelity, between "
        "neighbours of three weights of the original's style, a ratio for each pair of pictures."
    )
    least, reason = (TENTH, "") if is_gain else (1 / TENTH, NO_WORSE)
    question = Question(claim, quote, statistic, least, reason=reason)
    return nearer(question, found, "content_fidelity", number, f"{words}.", base_first=not is_gain)


def _claim(name: str, what: str, place: str, is_variant: Test) -> Claim:
    words = f"{what} {_BETTER}."
    return Claim(
        name=name,
        sweep="novak2016_ablations",
        varied="the original at three weights; the variant at one",
        words=words,
        place=place,
        known="memory",
        prediction="At equal content fidelity, at least a tenth nearer to the style in colours and in spectrum.",
        test=_test(name, words, is_variant),
    )


_COMBINED = "The combined changes improve the quality of the transfer, barely noticeably to significantly."
_NO_GAIN = "Re-implemented, geometric weights of the layers show no improvement."

PAPER = Paper(
    name="novak2016",
    title="Improving the Neural Algorithm of Artistic Style",
    authors="Novak, Nikulin",
    year=2016,
    venue="arXiv 1605.04603",
    link="https://arxiv.org/abs/1605.04603",
    note="The abstract was read: quality was judged by eye, and the best method, a combination, is said to improve it "
    "from barely to significantly. Sections, formulas and numbers are recalled: weights 2^-d of the d-th layer, all 16 "
    "layers, a shift of -1. Quality by eye is not measured here: colours and spectrum are, which see no misplaced "
    "texture, their main concern. That geometric weights show no improvement contradicts the first "
    "claim, and is judged on the same runs: one verdict follows from the other. Correlations between layers, which "
    "their combination has as well, are left out. The network is brought to a mean activation of 1; six small built-in "
    "pairs, from the content.",
    claims=(
        _claim("geometric", "Weighting the shallow layers geometrically", "Section 3.1", _variant(geometric=True)),
        _claim("all_layers", "Using all 16 layers", "Section 3.2", _variant(deep=True)),
        _claim("shift", "Shifting the features by -1", "Section 3.3", _variant(shifted=True)),
        Claim(
            name="together",
            sweep="novak2016_ablations",
            varied="the original at three weights; all three changes together at one",
            words=_COMBINED,
            place="Abstract",
            known="abstract",
            prediction="At equal content fidelity, at least a tenth nearer to the style in colours and in spectrum.",
            test=_test("together", _COMBINED, _variant(geometric=True, deep=True, shifted=True)),
        ),
        Claim(
            name="no_gain",
            sweep="novak2016_ablations",
            varied="the original at three weights; geometric weights at one",
            words=_NO_GAIN,
            place="The README of a re-implementation",
            known="readme",
            prediction="At equal content fidelity, the original is as near to the style, within a tenth, or nearer.",
            test=_test("no_gain", _NO_GAIN, _variant(geometric=True), is_gain=False),
        ),
    ),
)
