"""Losses from noise and from the content at equal cost, from traces of known course; times that differ, or not."""

from collections.abc import Sequence

import numpy as np
import pytest

from nst.statements.runs import finished
from nst.statements.statement import Finding
from nst.statements.traces import at
from nst.writeup.claims.starts import running_time, starts
from tests.statements.conftest import Rows, grey

NAMES = ("evaluations", "seconds", "ssim")
Course = Sequence[tuple[float, float, float]]
"""Evaluation, seconds, total loss."""


def judged(rows: Rows, noise: Course, content: Course, ssim: float = 0.3, pairs: int = 5) -> dict[str, Finding]:
    """Pairs of runs with these traces, the noise's losses a little different in each; SSIM to the content 0.5."""
    for place in range(pairs):
        keys = {"content": f"picture {place}", "style": f"style {place}"}
        own = [(n, seconds, loss * (1 + 0.01 * place)) for n, seconds, loss in noise]
        rows.add(**keys, init="noise", seed=0, trace=own, ssim_content=ssim - 0.01 * place)
        rows.add(**keys, init="content", seed=0, trace=content, ssim_content=0.5)
    return dict(zip(NAMES, starts(finished(rows.frame)), strict=True))


def course(losses: Sequence[float], seconds: float = 1) -> Course:
    return [(n, n * seconds, loss) for n, loss in enumerate(losses, start=1)]


def test_from_the_content_it_is_better(rows: Rows) -> None:
    found = judged(rows, course([90, 60, 40]), course([80, 30, 20]))
    assert {finding.verdict for finding in found.values()} == {"holds"}
    assert found["evaluations"].effect == pytest.approx(2 * 1.02, rel=1e-3)
    assert found["ssim"].effect == pytest.approx(0.22)


def test_from_the_content_it_is_not(rows: Rows) -> None:
    found = judged(rows, course([90, 30, 20]), course([80, 60, 40]), ssim=0.6)
    assert {finding.verdict for finding in found.values()} == {"does not hold"}


def test_equal_seconds_are_not_equal_evaluations(rows: Rows) -> None:
    """From noise each evaluation takes half as long: when the noise's ended, the content's had made half of its own."""
    found = judged(rows, course([80, 40, 20, 10], seconds=0.5), course([80, 40, 20, 10]))
    assert found["evaluations"].effect == pytest.approx(1.02, rel=1e-3)
    assert found["seconds"].effect == pytest.approx(1.02 / 4, rel=1e-3)
    assert (found["evaluations"].verdict, found["seconds"].verdict) == ("does not hold", "does not hold")


def test_too_few_and_undecided(rows: Rows) -> None:
    found = judged(rows, course([90, 60, 40]), course([80, 30, 20]), pairs=4)
    assert {finding.verdict for finding in found.values()} == {"undecided"}


def test_seconds_only_from_one_machine_in_one_piece(rows: Rows) -> None:
    judged(rows, course([90, 60, 40]), course([80, 30, 20]))
    rows.rows[0]["machine"] = "another"
    rows.rows[3]["resumed_at"] = 40.0
    assert [finding.n for finding in starts(finished(rows.frame))] == [5, 3, 5]


def test_a_picture_counts_in_one_pair_only(rows: Rows) -> None:
    """Two contents crossed with three styles are two independent pairs."""
    for content in "ab":
        for style in ("s", "t", "u"):
            for init, loss in (("noise", 2.0), ("content", 1.0)):
                rows.add(content=content, style=style, init=init, trace=[(1, 1, loss)], ssim_content=0.5)
    found = starts(finished(rows.frame))
    assert [(finding.n, finding.verdict) for finding in found] == [(2, "undecided")] * 3
    assert list(found[0].values["pictures"]) == ["a + s", "b + t"]


def test_broken_traces_are_left_out(rows: Rows) -> None:
    judged(rows, course([90, 60, 40]), course([80, 30, 20]))
    for row, text in zip(
        rows.rows, ("", "evaluation,seconds\n1,2\n", "evaluation,seconds,total_loss\n1,x,3\n"), strict=False
    ):
        row["trace"].write_text(text, encoding="utf-8")
    assert [finding.n for finding in starts(finished(rows.frame))] == [3, 3, 3]


def test_between_two_rows_losses_lie_on_a_geometric_line() -> None:
    trace = np.array([[1.0, 1.0, 100.0], [3.0, 3.0, 1.0]])
    assert at(trace, 0, 2) == pytest.approx(10)


def timed(rows: Rows, noise: Sequence[float], steps: int = 300) -> tuple[Finding, ...]:
    """Repeats of a start from noise of so many seconds, and of one from the content of 100; equal pictures."""
    for repeat, seconds in enumerate(noise):
        for init, time in (("noise", seconds), ("content", 100.0)):
            keys = {"init": init, "repeat": repeat, "style": "a", "content": "b", "image": grey(5)}
            rows.add(**keys, steps_requested=steps, seconds_loop=time, ms_per_evaluation_p50=time * 3)
    return running_time(finished(rows.frame))


def test_equal_times(rows: Rows) -> None:
    """Ten differences of -1 and 3 %: mean 1, deviation 2.108; t with 9 degrees of freedom is 2.262157."""
    seconds, evaluation = timed(rows, [99, 103] * 5)
    half = 2.262157 * (40 / 9 / 10) ** 0.5
    assert (seconds.effect, seconds.low, seconds.high) == pytest.approx((1, 1 - half, 1 + half))
    assert (seconds.n, seconds.verdict, evaluation.verdict) == (10, "holds", "holds")
    assert evaluation.effect == pytest.approx(1)
    assert "of 300 evaluations on m: 101 s from noise, 100 s from the content" in seconds.reading


def test_slower_from_noise(rows: Rows) -> None:
    assert {finding.verdict for finding in timed(rows, [119, 121] * 5)} == {"does not hold"}


def test_times_at_the_edge(rows: Rows) -> None:
    assert {finding.verdict for finding in timed(rows, [109, 111] * 5)} == {"undecided"}


def test_nine_pairs_are_too_few(rows: Rows) -> None:
    found = timed(rows, [99, 103] * 4 + [100])
    assert {(finding.n, finding.verdict) for finding in found} == {(9, "undecided")}
    assert "too few to decide, which takes 10" in found[0].reading


def test_pairs_of_two_machines_are_none(rows: Rows) -> None:
    timed(rows, [99, 103] * 6)
    rows.rows[0]["machine"] = "another"
    rows.rows[3]["resumed_at"] = 7.0
    assert [finding.n for finding in running_time(finished(rows.frame))] == [10, 10]


def test_a_finding_for_each_number_of_steps(rows: Rows) -> None:
    timed(rows, [99, 103] * 5)
    found = timed(rows, [119, 121] * 5, steps=500)
    assert [finding.verdict for finding in found] == ["holds"] * 2 + ["does not hold"] * 2


def test_without_times() -> None:
    (finding,) = running_time([])
    assert (finding.n, finding.verdict) == (0, "undecided")
