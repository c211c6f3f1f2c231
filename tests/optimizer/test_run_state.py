"""A run over several scales has one trace, and its own best at each scale."""

import math

from nst.optimizer.begin import ScaleStart
from nst.optimizer.loop import Progress, make_optimizer, optimise
from nst.optimizer.schedule import Later
from nst.spec.records import Adam

from .problems import Scripted, grey


def test_what_the_next_scale_takes_over() -> None:
    """The trace, the times and the count go on; what is the best, bad or a reason to stop is its own."""
    ended = optimise(Scripted([9.0] * 3), make_optimizer(Adam()), grey(), 3)
    ended.stopped, ended.bad = "converged", 7
    found = ended.next_scale(64)
    assert (found.scale, found.before, found.size, found.evaluations) == (1, 3, 64, 3)
    assert (found.best_loss, found.best_evaluation, found.best_picture) == (math.inf, 0, None)
    assert (found.bad, found.stopped) == (0, "steps")
    assert found.trace is ended.trace and found.durations is ended.durations
    assert found.next_scale(91).scale == 2


def test_a_loss_below_0_that_falls_is_not_bad() -> None:
    """As of a loss that is to be as large as possible; ten times its best would be better still."""
    found = optimise(Scripted([-1.0 - step for step in range(30)]), make_optimizer(Adam()), grey(), 30)
    assert (found.bad, found.best_evaluation, found.stopped) == (0, 30, "steps")


def test_a_scale_counts_on_and_has_its_own_best() -> None:
    """Losses of the second scale are worse than those of the first by far, and its best is the second of them."""
    ended = optimise(Scripted([3, 2, 1]), make_optimizer(Adam()), grey(), 3)
    seen: list[Progress] = []
    start = ScaleStart(ended.next_scale(64))
    objective, later = Scripted([900, 800, 850, 890]), Later(10, 40.0)
    found = optimise(
        objective, make_optimizer(Adam()), grey(), 4, trace_every=0, resume=start, later=later, callback=seen.append
    )
    assert [progress.evaluation for progress in seen] == [4, 5, 6, 7]
    assert {(progress.steps, progress.before, progress.size) for progress in seen} == {(17, 3, 64)}
    assert seen[0].seconds_before == sum(ended.durations[:3])
    assert (found.evaluations, found.best_evaluation, found.best_loss) == (7, 5, 800)
    assert [(row.evaluation, row.size) for row in found.trace] == [(1, None), (2, None), (3, None), (4, 64), (7, 64)]
