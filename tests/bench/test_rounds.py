"""Timings become rows: medians over rounds, ratios within a round, failures that do not stop the rest."""

import pytest

from nst.bench.costs import evaluation_flops
from nst.bench.rounds import Plan, Row, finite, measure
from nst.bench.timed_process import Task, Timing

PAIRS = (("plain", "fp32"), ("nst", "bf16"))
SECONDS = {"plain": [1.0, 2.0, 4.0], "nst": [0.5, 0.5, 0.8]}


class Script:
    """Turns as written, in the order they are asked for."""

    def __init__(self, fail: str = "") -> None:
        self.tasks: list[Task] = []
        self.fail = fail

    def __call__(self, task: Task) -> Timing:
        number = sum(seen.engine == task.engine for seen in self.tasks)
        self.tasks.append(task)
        if task.engine == self.fail and number == 1:
            return Timing(error="killed by signal 9")
        return Timing(SECONDS[task.engine][number], 700.0 + number, 500.0, 1e12, 7.5 if task.loss_evaluations else None)


def measured(script: Script, rounds: int = 3) -> list[Row]:
    return measure(Plan(PAIRS, 4, rounds, 6), 64, script)


def test_ratios_are_taken_within_a_round() -> None:
    plain, nst = measured(Script())
    assert (plain.ratio_to_plain, plain.ratio_min, plain.ratio_max) == (1.0, 1.0, 1.0)
    assert (nst.ratio_to_plain, nst.ratio_min, nst.ratio_max) == pytest.approx((4.0, 2.0, 5.0))
    assert (nst.ms_per_evaluation_p50, nst.peak_memory_mib, nst.resident_before_mib) == (500.0, 702.0, 500.0)
    assert nst.matrix_rate_share == pytest.approx(evaluation_flops(64) / 0.5 / 1e12)
    assert (nst.total_loss_fp32, nst.matrix_rate_tflops, nst.rounds, nst.error) == (7.5, 1.0, 3, "")


def test_engines_take_turns_and_the_loss_is_computed_once() -> None:
    script = Script()
    measured(script)
    assert [task.engine for task in script.tasks] == ["plain", "nst"] * 3
    assert [task.loss_evaluations for task in script.tasks] == [6, 6, 0, 0, 0, 0]
    assert {(task.size, task.evaluations) for task in script.tasks} == {(64, 4)}


def test_an_engine_that_fails_keeps_what_it_had_and_is_not_tried_again() -> None:
    script = Script(fail="nst")
    plain, nst = measured(script)
    assert [task.engine for task in script.tasks] == ["plain", "nst", "plain", "nst", "plain"]
    assert (nst.error, nst.rounds, nst.ratio_to_plain) == ("killed by signal 9", 1, 2.0)
    assert plain.rounds == 3


def test_without_the_plain_loop_there_is_no_ratio() -> None:
    (row,) = measure(Plan(PAIRS[1:], 4, 1, 6), 64, Script())
    assert (row.ratio_to_plain, row.ratio_min, row.ratio_max) == (None, None, None)


def test_an_engine_that_never_ran_has_a_row_that_says_so() -> None:
    (row,) = measure(Plan(PAIRS[1:], 4, 3, 6), 64, lambda task: Timing(error="no memory"))
    assert (row.error, row.ms_per_evaluation_p50, row.rounds) == ("no memory", None, 0)


def test_a_loss_that_is_no_number_is_left_out() -> None:
    assert [finite(value) for value in (1.5, None, float("nan"), float("inf"))] == [1.5, None, None, None]
