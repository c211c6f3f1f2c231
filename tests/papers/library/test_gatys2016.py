"""What was claimed about pooling, on frames with known answers."""

import pytest

from nst.papers.library.gatys2016 import pooling
from nst.statements.runs import finished
from nst.statements.statement import Finding
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]


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
