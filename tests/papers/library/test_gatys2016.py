"""Claims about layers, weights, starts and pooling, on frames with known answers."""

from typing import Any

import pytest

from nst.papers.library.gatys2016 import content_layer, layers, pooling, ratio
from nst.statements.runs import finished
from nst.statements.statement import Finding
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]
SETS = ("relu_1", "relu_1+relu_3+relu_5", "relu_1+relu_3+relu_5+relu_9+relu_13")
RISING, FALLING = [(3.0, 4.0, 5.0)] * 6, [(5.0, 4.0, 3.0)] * 6
MIXED = [(3.0, 4.0, 5.0), (5.0, 4.0, 3.0)] * 3


def judged(rows: Rows, factors: tuple[float, ...]) -> Finding:
    """Six pictures; max pooling has so many times the detail of average pooling."""
    for number, factor in enumerate(factors):
        for kind, detail in (("avg", 4.0), ("max", 4.0 * factor)):
            rows.add(content=f"c{number}", style="s", pooling=kind, fine_detail_levels=detail)
    return pooling(finished(rows.frame))[0]


def test_more_detail_with_max_pooling(rows: Rows) -> None:
    found = judged(rows, (1.4, 1.5, 1.6, 1.4, 1.5, 1.6))
    assert found.verdict == "holds" and found.n == 6 and found.effect == pytest.approx((1.4 * 1.5 * 1.6) ** (1 / 3))


def test_less_detail_with_max_pooling(rows: Rows) -> None:
    assert judged(rows, (0.7, 0.8, 0.9, 0.7, 0.8, 0.9)).verdict == "does not hold"


def test_either_by_chance(rows: Rows) -> None:
    assert judged(rows, (0.7, 1.6, 0.9, 1.5, 0.8, 1.4)).verdict == "undecided"


def test_nothing_to_tell_it_from() -> None:
    found = pooling([])[0]
    assert (found.n, found.verdict) == (0, "undecided") and found.statistic.endswith("Holds above 1.1.")


@pytest.mark.parametrize(("scales", "verdict"), [(RISING, "holds"), (FALLING, "does not hold"), (MIXED, "undecided")])
def test_scale_of_strokes_by_layers(rows: Rows, scales: list[tuple[float, ...]], verdict: str) -> None:
    for number, scale in enumerate(scales):
        for chosen, pixels in zip(SETS, scale, strict=True):
            weights = ", ".join("1" * (chosen.count("+") + 1))
            about: dict[str, Any] = {
                "content": f"c{number}",
                "style": "s",
                "style_layers": chosen,
                "style_layer_weights": weights,
            }
            rows.add(**about, stroke_scale_px=pixels)
    (found,) = layers(finished(rows.frame))
    assert (found.verdict, found.n) == (verdict, 6)


@pytest.mark.parametrize(
    ("similarities", "verdicts"),
    [
        (FALLING, ("holds", "holds", "holds")),
        (RISING, ("does not hold", "does not hold", "does not hold")),
        (MIXED, ("undecided", "undecided", "undecided")),
    ],
)
def test_weight_of_the_style(rows: Rows, similarities: list[tuple[float, ...]], verdicts: tuple[str, ...]) -> None:
    """Distance and colours go the other way than similarity."""
    for number, values in enumerate(similarities):
        for weight, value in zip((0.3, 3.0, 30.0), values, strict=True):
            measures: dict[str, Any] = {
                "vgg_feature_distance_content": 10 - value,
                "global_effects_colours": 1 - value / 10,
            }
            rows.add(content=f"c{number}", style="s", style_weight=weight, ssim_content=value / 10, **measures)
    assert tuple(found.verdict for found in ratio(finished(rows.frame))) == verdicts


@pytest.mark.parametrize(
    ("detail", "content", "verdicts"),
    [
        ((0.3, 0.6), (0.8, 0.85), ("holds", "holds")),  # the deeper layer loses detail alone
        ((0.3, 0.6), (0.4, 0.8), ("holds", "does not hold")),  # it loses as much of both
        ((0.6, 0.61), (0.8, 0.81), ("does not hold", "does not hold")),  # it loses nothing
    ],
)
def test_layer_of_the_content(
    rows: Rows, detail: tuple[float, float], content: tuple[float, float], verdicts: tuple[str, ...]
) -> None:
    for number in range(6):
        for layer, weight, kept, cosine in zip(("relu_10", "relu_4"), (1.0, 4.0), detail, content, strict=True):
            measures: dict[str, Any] = {"ssim_content": kept + number / 1000 * weight, "content_fidelity": cosine}
            about: dict[str, Any] = {
                "content": f"c{number}",
                "style": "s",
                "content_layers": layer,
                "content_weight": weight,
            }
            rows.add(**about, **measures)
    assert tuple(found.verdict for found in content_layer(finished(rows.frame))) == verdicts


@pytest.mark.parametrize("test", [layers, ratio, content_layer])
def test_nothing_to_tell_any_from(test: object) -> None:
    assert callable(test) and {(found.n, found.verdict) for found in test([])} == {(0, "undecided")}
