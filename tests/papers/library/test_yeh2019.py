"""Claims about the variability of transfers, on frames with known answers."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import yaml

from nst.papers.library.yeh2019 import style, weight
from nst.statements.pictures import JUDGED, PILOT
from nst.statements.runs import finished
from nst.statements.statement import Finding
from nst.sweep.files import sweep_files
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]
WEIGHTS = (1e5, 1e6, 1e7)


def filled(rows: Rows, number: Callable[[int, int, int], float], styles: int = 6) -> None:
    """Six styles, three contents, three weights; every measure is the same number, on its own scale."""
    for s, c, w in itertools.product(range(styles), range(3), range(3)):
        value = number(s, c, w)
        measures = {"vgg_frechet_style": float(np.exp(value)), "global_effects": value, "content_fidelity": value}
        rows.add(content=f"c{c}", style=f"s{s}", style_weight=WEIGHTS[w], **measures)


def noise(strength: float) -> Callable[[int, int, int], float]:
    values = strength * np.random.default_rng(0).normal(size=(6, 3, 3))
    return lambda s, c, w: float(values[s, c, w])


def verdicts(found: tuple[Finding, ...]) -> list[str]:
    return [one.verdict for one in found]


def test_the_style_explains_most(rows: Rows) -> None:
    chance = noise(0.2)
    filled(rows, lambda s, c, w: s + 0.2 * c + 0.1 * w + chance(s, c, w))
    runs = finished(rows.frame)
    assert verdicts(style(runs)) == ["holds"] * 2 and verdicts(weight(runs)) == ["holds"] * 3
    found = style(runs)[1]
    assert found.n == 6 and 90 < found.effect < found.high <= 100
    assert found.reading.startswith("Of the variance of global effects (GE)")
    assert found.values["source"].tolist()[:3] == ["content", "style", "style_weight"]


def test_additive_numbers_have_the_share_worked_out(rows: Rows) -> None:
    """The variances of 0 to 5 and of 0 to 2 are 35 / 12 and 2 / 3; nothing else varies."""
    filled(rows, lambda s, c, w: float(s + c))
    found = style(finished(rows.frame))[1].values.set_index("source")["share (%)"]
    assert found["style"] == pytest.approx(100 * (35 / 12) / (35 / 12 + 2 / 3))
    assert found["content"] == pytest.approx(100 * (2 / 3) / (35 / 12 + 2 / 3))
    assert found["style_weight"] == pytest.approx(0)


def test_the_content_explains_most(rows: Rows) -> None:
    chance = noise(0.2)
    filled(rows, lambda s, c, w: 0.1 * s + 3 * c + chance(s, c, w))
    assert verdicts(style(finished(rows.frame))) == ["does not hold"] * 2


def test_the_weight_explains_most(rows: Rows) -> None:
    chance = noise(0.2)
    filled(rows, lambda s, c, w: 0.1 * s + 3 * w + chance(s, c, w))
    assert verdicts(weight(finished(rows.frame))) == ["does not hold"] * 3


def test_an_interaction_with_the_weight_counts_as_an_effect_of_it(rows: Rows) -> None:
    """The weight raises the number for every other style and lowers it for the rest."""
    chance = noise(0.05)
    filled(rows, lambda s, c, w: (w - 1) * (1 if s % 2 else -1) + chance(s, c, w))
    assert verdicts(weight(finished(rows.frame))) == ["does not hold"] * 3


def test_one_odd_style_decides_nothing(rows: Rows) -> None:
    chance = noise(1)
    filled(rows, lambda s, c, w: (8 if s == 0 else 0) + chance(s, c, w))
    assert verdicts(style(finished(rows.frame))) == ["undecided"] * 2


def test_by_chance_no_style_explains_anything(rows: Rows) -> None:
    filled(rows, noise(1))
    assert "holds" not in verdicts(style(finished(rows.frame)))


def test_few_styles_decide_nothing(rows: Rows) -> None:
    filled(rows, lambda s, c, w: s + 0.1 * c + 0.01 * w * s, styles=4)
    found = style(finished(rows.frame))
    assert verdicts(found) == ["undecided"] * 2 and found[0].n == 4 and "takes 5" in found[0].reading


def test_nothing_to_tell_it_from() -> None:
    found = (*style([]), *weight([]))
    assert [(one.n, one.verdict) for one in found] == [(0, "undecided")] * 5
    assert found[0].statistic.endswith("Holds above 50 %: most is more than half.")
    assert found[4].statistic.endswith("Holds above 90 %: little is less than a tenth.")


def test_the_sweep_crosses_judged_pictures_and_pilots_apart() -> None:
    cases = yaml.safe_load(sweep_files()["yeh2019_variance"].read_text(encoding="utf-8"))["cases"]
    judged, pilot = cases["judged"], cases["pilot"]
    assert {*judged["style"]} == {style for _, style in JUDGED}
    assert {*judged["content"]} < {content for content, _ in JUDGED} and len(judged["content"]) == 3
    assert {*zip(pilot["content"], pilot["style"], strict=True)} == {*PILOT}
    assert [*map(float, judged["style_weight"])] == [*map(float, pilot["style_weight"])] == [*WEIGHTS]
