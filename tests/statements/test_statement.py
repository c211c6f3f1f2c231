"""Verdicts by the whole interval, and never from too few replicates."""

import math
from dataclasses import replace

import pytest

from nst.statements.estimate import Estimate, average
from nst.statements.statement import Question

QUESTION = Question("id", "the words", "what was computed", least=1.1)


def test_five_seeds_of_one_picture_are_one_replicate() -> None:
    seeds = [("a", value) for value in (5.0, 6.0, 7.0, 8.0, 9.0)]
    assert QUESTION.decide(average(seeds), "Seen", []).verdict == "undecided"


def test_the_reason_follows_the_threshold() -> None:
    question = replace(QUESTION, statistic="A share.", least=0.01, reason="less is invisible")
    assert question.decide(average([]), "", []).statistic == "A share. Holds above 0.01: less is invisible."


@pytest.mark.parametrize(
    ("low", "high", "n", "verdict"),
    [
        (1.2, 1.4, 5, "holds"),
        (0.9, 1.05, 5, "does not hold"),
        (1.05, 1.4, 5, "undecided"),
        (1.2, 1.4, 4, "undecided"),
        (math.nan, math.nan, 1, "undecided"),
    ],
)
def test_verdicts(low: float, high: float, n: int, verdict: str) -> None:
    finding = QUESTION.decide(Estimate(n, 1.0, low, high), "Seen", [{"a": 1}])
    assert (finding.claim, finding.quote, finding.verdict, finding.n) == ("id", "the words", verdict, n)
    assert list(finding.values["a"]) == [1]
    assert ("too few to decide, which takes 5" in finding.reading) is (n < 5)


def test_nothing_to_tell_it_from() -> None:
    finding = QUESTION.decide(Estimate(0, math.nan, math.nan, math.nan), "", [])
    assert finding.reading == "There are no finished runs to tell it from." and finding.values.empty
