"""Times that are equal within five percent, that are not, and of which one cannot tell."""

from collections.abc import Sequence

import pytest

from nst.writeup.claims.running_time import running_time
from nst.writeup.claims.runs import finished
from nst.writeup.claims.statement import Finding

from .conftest import Rows, grey


def judged(rows: Rows, noise: Sequence[float], steps: int = 300) -> tuple[Finding, ...]:
    """Repeats of a start from noise of so many seconds, and of one from the content of 100; equal pictures."""
    for repeat, seconds in enumerate(noise):
        for init, time in (("noise", seconds), ("content", 100.0)):
            keys = {"init": init, "repeat": repeat, "style": "a", "content": "b", "image": grey(5)}
            rows.add(**keys, steps_requested=steps, seconds_loop=time, ms_per_evaluation_p50=time * 3)
    return running_time(finished(rows.frame))


def test_equal(rows: Rows) -> None:
    """Ten differences of -1 and 3 %: mean 1, deviation 2.108; t with 9 degrees of freedom is 2.262157."""
    seconds, evaluation = judged(rows, [99, 103] * 5)
    half = 2.262157 * (40 / 9 / 10) ** 0.5
    assert (seconds.effect, seconds.low, seconds.high) == pytest.approx((1, 1 - half, 1 + half))
    assert (seconds.n, seconds.verdict, evaluation.verdict) == (10, "holds", "holds")
    assert evaluation.effect == pytest.approx(1)
    assert "of 300 evaluations on m: 101 s from noise, 100 s from the content" in seconds.reading


def test_slower(rows: Rows) -> None:
    assert {finding.verdict for finding in judged(rows, [109, 111] * 5)} == {"does not hold"}


def test_at_the_edge(rows: Rows) -> None:
    assert {finding.verdict for finding in judged(rows, [104, 106] * 5)} == {"undecided"}


def test_nine_pairs_are_too_few(rows: Rows) -> None:
    found = judged(rows, [99, 103] * 4 + [100])
    assert {(finding.n, finding.verdict) for finding in found} == {(9, "undecided")}
    assert "too few to decide, which takes 10" in found[0].reading


def test_pairs_of_two_machines_are_none(rows: Rows) -> None:
    judged(rows, [99, 103] * 6)
    rows.rows[0]["machine"] = "another"
    rows.rows[3]["resumed_at"] = 7.0
    assert [finding.n for finding in running_time(finished(rows.frame))] == [10, 10]


def test_a_finding_for_each_number_of_steps(rows: Rows) -> None:
    judged(rows, [99, 103] * 5)
    found = judged(rows, [109, 111] * 5, steps=500)
    assert [finding.verdict for finding in found] == ["holds"] * 2 + ["does not hold"] * 2


def test_without_times() -> None:
    (finding,) = running_time([])
    assert (finding.n, finding.verdict) == (0, "undecided")
