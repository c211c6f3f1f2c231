"""Comparison at an equal value of another measure, with numbers worked out by hand."""

import math

import pytest

from nst.statements.equal import Beside, beside, nearer
from nst.statements.paired import has
from nst.statements.runs import Run
from nst.statements.statement import Question

QUESTION = Question("c", "q", "s")


def run(kind: str, fidelity: float, distance: float, content: str = "c") -> Run:
    keys = {"kind": kind, "content": content, "style": "s"}
    return Run(keys, {"content_fidelity": fidelity, "spectrum_distance_style": distance}, {}, "m")


def distance(one: Run) -> float:
    return one["spectrum_distance_style"]


def test_halfway_by_logarithms() -> None:
    """From 1 at 0.2 to 4 at 0.6: 2 at 0.4."""
    found = Beside(run("variant", 0.4, 1.0), [run("base", 0.6, 4.0), run("base", 0.2, 1.0)])
    assert found.at_equal("content_fidelity", distance) == pytest.approx(2)


@pytest.mark.parametrize("fidelity", [0.1, 0.7, math.nan])
def test_nothing_beyond_the_base(fidelity: float) -> None:
    found = Beside(run("variant", fidelity, 1.0), [run("base", 0.6, 4.0), run("base", 0.2, 1.0)])
    assert math.isnan(found.at_equal("content_fidelity", distance))
    assert nearer(QUESTION, [found], "content_fidelity", distance, "").n == 0


def test_both_ways_round() -> None:
    runs = [run(kind, 0.5, value, f"c{n}") for n in range(6) for kind, value in (("base", 3.0 + n), ("variant", 1.5))]
    found = beside(runs, ["kind"], has("kind", "variant"), has("kind", "base"))
    assert [one.base[0].content for one in found] == [one.run.content for one in found] == [f"c{n}" for n in range(6)]
    first = nearer(QUESTION, found, "content_fidelity", distance, "")
    other = nearer(QUESTION, found, "content_fidelity", distance, "", base_first=True)
    assert (
        first.verdict == "holds"
        and other.verdict == "does not hold"
        and first.effect == pytest.approx(1 / other.effect)
    )
