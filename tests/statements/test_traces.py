"""The loss along a trace, with numbers worked out by hand."""

import pytest

from nst.statements.runs import Run, finished
from nst.statements.traces import at, trace
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]


def test_rows_by_evaluation_and_the_loss_between_two(rows: Rows) -> None:
    rows.add(content="c", style="s", trace=[(20, 2.0, 1.0), (10, 1.0, 4.0)])
    found = trace(finished(rows.frame)[0])
    assert found[:, 0].tolist() == [10, 20]
    assert at(found, 0, 15) == pytest.approx(2) and at(found, 1, 2) == pytest.approx(1)


def test_incomplete_rows_do_not_count(rows: Rows) -> None:
    rows.add(content="c", style="s", trace=[(10, 1.0, 4.0), (20, 2.0, float("nan"))])
    assert trace(finished(rows.frame)[0])[:, :3].tolist() == [[10, 1, 4]]


def test_no_trace() -> None:
    assert len(trace(Run({}, {}, {}, "m"))) == 0
