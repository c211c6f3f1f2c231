"""The claim that a spectrum gets to the loss of pixels sooner, on frames with known answers."""

import numpy as np
import pytest

from nst.papers.library.mordvintsev2018 import PAPER, evaluations_to_one_loss
from nst.statements.runs import finished
from nst.statements.statement import Finding
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]
SPECTRUM, MILD = PAPER.claims
KEY = "optimizer.preconditioner.exponent"


def falling(speed: float, ends: int = 24) -> list[tuple[float, float, float]]:
    """A loss that halves at every 2 / speed evaluations."""
    return [(n, float(n), 1000 * 2 ** (-speed * n / 2)) for n in range(1, ends + 1)]


def add(rows: Rows, number: int, speed: float, exponent: float) -> None:
    """Pixels, and a spectrum that is so many times as fast."""
    picture = {"content": f"c{number}", "style": "s"}
    rows.add(**{**picture, KEY: None, "trace": falling(1)})
    rows.add(**{**picture, KEY: exponent, "trace": falling(speed)})


def judged(rows: Rows, speeds: tuple[float, ...]) -> Finding:
    for number, speed in enumerate(speeds):
        add(rows, number, speed, 2.0)
    return SPECTRUM.test(finished(rows.frame))[0]


def test_sooner(rows: Rows) -> None:
    """24 evaluations of pixels are 12 of a spectrum that is twice as fast, 8 of one thrice as fast."""
    found = judged(rows, (2, 3, 2, 3, 2, 3))
    assert found.verdict == "holds" and found.n == 6 and found.effect == pytest.approx(6**0.5)
    assert list(found.values["spectrum"]) == [12, 8, 12, 8, 12, 8] and set(found.values["pixels"]) == {24}
    assert "24 with pixels, 10 with a spectrum" in found.reading


def test_later(rows: Rows) -> None:
    """A spectrum at half the speed ends at what pixels had at 12."""
    found = judged(rows, (0.5, 1 / 3, 0.5, 1 / 3, 0.5, 1 / 3))
    assert found.verdict == "does not hold" and found.effect == pytest.approx(1 / 6**0.5)


def test_either_by_chance(rows: Rows) -> None:
    assert judged(rows, (0.5, 2, 1 / 3, 3, 0.5, 2)).verdict == "undecided"


def test_nothing_to_tell_it_from() -> None:
    for claim in PAPER.claims:
        (found,) = claim.test([])
        assert (found.claim, found.quote) == (claim.name, claim.words)
        assert (found.n, found.verdict) == (0, "undecided") and found.statistic.endswith("Holds above 1.1.")


def test_each_claim_has_its_exponent(rows: Rows) -> None:
    """One of 2 is twice as fast as pixels, one of 1 half as fast."""
    for number in range(6):
        add(rows, number, 2 + number / 10, 2.0)
        rows.add(**{"content": f"c{number}", "style": "s", KEY: 1.0, "trace": falling(0.5)})
    theirs, mild = (claim.test(finished(rows.frame))[0] for claim in PAPER.claims)
    assert theirs.verdict == "holds" and mild.verdict != "holds" and mild.effect == pytest.approx(0.5)


def test_runs_without_a_trace_do_not_count(rows: Rows) -> None:
    for number in range(6):
        add(rows, number, 2 + number / 10, 2.0)
    (rows.folder / "0" / "trace.csv").unlink()
    assert SPECTRUM.test(finished(rows.frame))[0].n == 5


def test_evaluations_to_one_loss_by_hand() -> None:
    """The lowest losses are 3 and 1: the first has 3 at evaluation 2, though it rises later; the second at 30."""
    first = np.array([(1, 0, 9, 0), (2, 0, 3, 0), (3, 0, 4, 0)], float)
    second = np.array([(10, 0, 8, 0), (20, 0, 3.5, 0), (30, 0, 2, 0), (40, 0, 1, 0)])
    assert evaluations_to_one_loss(first, second) == (2, 30)
    assert evaluations_to_one_loss(second, first) == (30, 2)
    assert evaluations_to_one_loss(first, second[:0]) is None
