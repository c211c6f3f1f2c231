"""What a loss costs, worked out by hand."""

import math

import numpy as np
import pytest

from nst.statements.course import Course, course
from nst.statements.pixels import Array


def rows(*losses: float, size: float = 0, after: float = 0) -> Array:
    """A trace with a row for each evaluation."""
    return np.array([[after + number, 0.0, loss, size] for number, loss in enumerate(losses, 1)])


def test_a_loss_between_two_rows_is_reached_in_the_geometric_sense() -> None:
    """Between 100 at 1 and 1 at 2, 10 is half-way; between 1 and 0.25 at 3, 0.5 is."""
    found = course(rows(100, 1, 0.25), 64)
    assert [found.cost_of(loss) for loss in (100, 10, 1, 0.5, 0.25)] == pytest.approx([1, 1.5, 2, 2.5, 3])


def test_a_loss_that_the_first_row_has_costs_that_row() -> None:
    assert course(rows(8, 4), 64).cost_of(9) == 1


def test_a_loss_is_reached_when_it_is_met_first_though_the_loss_rises_again() -> None:
    found = course(rows(8, 2, 16, 1), 64)
    assert found.cost_of(2) == 2 and found.cost_of(8) == 1
    assert found.cost_of(1.5) == pytest.approx(3 + math.log(16 / 1.5) / math.log(16))


def test_what_was_never_reached() -> None:
    assert math.isnan(course(rows(8, 4), 64).cost_of(3.9))


def test_the_least_loss_is_that_of_all_rows_so_far() -> None:
    found = course(rows(8, 2, 16, 1), 64)
    assert [found.least(cost) for cost in (1, 2, 3, 4)] == [8, 2, 2, 1]
    assert math.isnan(found.least(5)) and math.isnan(found.least(0.5))


def test_an_evaluation_at_half_the_size_costs_a_quarter_and_its_loss_is_no_result() -> None:
    """Four at 32 of 64 pixels cost 1, two at 64 cost 2. The 1 is the loss of a smaller picture."""
    found = course(np.vstack([rows(9, 5, 2, 1, size=32), rows(6, 3, size=64, after=4)]), 64)
    assert found.costs.tolist() == [2, 3] and found.spent == 3
    assert [found.cost_of(loss) for loss in (8, 6, 3)] == [2, 2, 3]
    assert math.isnan(found.cost_of(1)) and found.least(3) == 3 and math.isnan(found.least(1))


def test_evaluations_without_a_row_count_as_the_later_row() -> None:
    """Rows 10 and 20: ten evaluations at a quarter of the size cost 10 / 16, the next ten 10."""
    found = course(np.array([[10.0, 0, 5, 16], [20.0, 0, 4, 64]]), 64)
    assert found.costs.tolist() == [10.625] and found.spent == 10.625


def test_a_run_that_ended_at_a_smaller_size_reached_nothing() -> None:
    found = course(rows(9, 1, size=32), 64)
    assert found.spent == 0.5 and not len(found.costs) and math.isnan(found.cost_of(9)) and math.isnan(found.least(0.5))


def test_a_run_without_rows() -> None:
    found = course(np.empty((0, 4)), 64)
    assert found.spent == 0 and math.isnan(found.cost_of(1)) and isinstance(found, Course)
