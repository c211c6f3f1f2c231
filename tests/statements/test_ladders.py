"""Trends along a setting, with numbers worked out by hand."""

import pytest

from nst.statements.ladders import RULE, by_rank, ladders
from nst.statements.runs import Run
from nst.statements.statement import Question

QUESTION = Question("c", "q", "s", least=RULE)


def run(weight: float, value: float, content: str = "c") -> Run:
    keys = {"style_weight": weight, "content": content, "style": "s"}
    return Run(keys, {"ssim_content": value}, {}, "m")


def height(one: Run) -> float:
    return float(one.keys["style_weight"])


def test_three_heights_in_order_and_the_first_of_equals() -> None:
    (found,) = ladders([run(3, 0.5), run(1, 0.9), run(2, 0.7), run(2, 0.1)], ["style_weight"], height)
    assert [(at, one["ssim_content"]) for at, one in found] == [(1, 0.9), (2, 0.7), (3, 0.5)]


def test_two_heights_are_no_ladder() -> None:
    assert ladders([run(3, 0.5), run(1, 0.9)], ["style_weight"], height) == []


def test_ladders_have_the_same_heights() -> None:
    full = [run(weight, 0.5, content) for content in "ab" for weight in (1, 2, 3, 4)]
    assert len(ladders([*full, *(run(weight, 0.5, "c") for weight in (1, 2, 3))], ["style_weight"], height)) == 2


@pytest.mark.parametrize(("falls", "effect", "verdict"), [(True, 0.5, "undecided"), (False, -0.5, "does not hold")])
def test_mean_of_the_correlations(falls: bool, effect: float, verdict: str) -> None:
    """1, 3, 2 has a correlation of 0.5 with 1, 2, 3; so 0.9, 0.5, 0.7 has -0.5."""
    runs = [run(at, value, f"c{n}") for n in range(6) for at, value in ((1, 0.9), (2, 0.5), (3, 0.7))]
    found = by_rank(QUESTION, ladders(runs, ["style_weight"], height), "ssim_content", "", falls=falls)
    assert found.effect == pytest.approx(effect) and (found.verdict, found.n) == (verdict, 6)
