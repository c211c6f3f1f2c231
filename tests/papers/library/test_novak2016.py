"""Claims about layers, their weights and a shift, on frames with known answers."""

from typing import Any

import pytest

from nst.papers.library.novak2016 import PAPER
from nst.statements.runs import Run, finished
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]
FIVE, ALL = "relu_1+relu_3+relu_5+relu_9+relu_13", "relu_1-16"
RISING, GEOMETRIC = "204.8, 819.2, 13107.2", "777.7, 194.4, 12.15"
CLAIMS = {claim.name: claim for claim in PAPER.claims}
VARIANTS = {
    "geometric": (FIVE, GEOMETRIC, "gram"),
    "all_layers": (ALL, RISING, "gram"),
    "shift": (FIVE, RISING, "shifted"),
    "together": (ALL, GEOMETRIC, "shifted"),
}
BETTER, WORSE, EITHER = (0.5, 0.6) * 3, (1.5, 1.6) * 3, (0.5, 2.0) * 3


def runs(rows: Rows, name: str, factors: tuple[float, ...], fidelity: float = 0.65) -> list[Run]:
    """The original, whose distances are its content fidelity, and a variant with so many times the distances."""
    for number, factor in enumerate(factors):
        base = [(weight, (FIVE, RISING, "gram"), kept, kept) for weight, kept in ((0.3, 0.8), (3.0, 0.65), (30.0, 0.4))]
        for weight, made, kept, distance in (*base, (3.0, VARIANTS[name], fidelity, fidelity * factor)):
            keys: dict[str, Any] = dict(zip(("style_layers", "style_layer_weights", "style_loss"), made, strict=True))
            measures: dict[str, Any] = {"global_effects_colours": 1 - distance, "spectrum_distance_style": distance}
            about: dict[str, Any] = {"content": f"c{number}", "style": "s", "style_weight": weight, **keys}
            rows.add(**about, content_fidelity=kept, **measures)
    frame = rows.frame
    frame.attrs["keys"] = (*frame.attrs["keys"], "style_loss")
    return finished(frame)


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize(("factors", "verdict"), [(BETTER, "holds"), (WORSE, "does not hold"), (EITHER, "undecided")])
def test_each_change(rows: Rows, name: str, factors: tuple[float, ...], verdict: str) -> None:
    found = CLAIMS[name].test(runs(rows, name, factors))
    assert [(one.verdict, one.n) for one in found] == [(verdict, 6)] * 2


def test_a_change_says_nothing_about_another(rows: Rows) -> None:
    found = runs(rows, "geometric", BETTER)
    assert {one.n for name in ("all_layers", "shift", "together") for one in CLAIMS[name].test(found)} == {0}


@pytest.mark.parametrize(("factors", "verdict"), [(BETTER, "does not hold"), (WORSE, "holds"), (EITHER, "undecided")])
def test_no_gain(rows: Rows, factors: tuple[float, ...], verdict: str) -> None:
    found = CLAIMS["no_gain"].test(runs(rows, "geometric", factors))
    assert [one.verdict for one in found] == [verdict] * 2


def test_as_near_is_no_gain(rows: Rows) -> None:
    found = runs(rows, "geometric", (0.99, 1.01) * 3)
    assert {one.verdict for one in CLAIMS["no_gain"].test(found)} == {"holds"}
    assert {one.verdict for one in CLAIMS["geometric"].test(found)} == {"does not hold"}


def test_more_content_than_the_original_ever_kept(rows: Rows) -> None:
    found = CLAIMS["shift"].test(runs(rows, "shift", BETTER, fidelity=0.9))
    assert {one.n for one in found} == {0}


def test_nothing_to_tell_any_from() -> None:
    assert {(one.n, one.verdict) for claim in PAPER.claims for one in claim.test([])} == {(0, "undecided")}
