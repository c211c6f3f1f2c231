"""Claims about time and loss, on frames with known answers."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from nst.papers.library.johnson2016 import converged, time, worth
from nst.statements.runs import Run, finished
from nst.statements.statement import Finding
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]
WOBBLE = (0.98, 1.0, 1.02, 0.99, 1.01)


def timed(rows: Rows, seconds: Callable[[int, int], float], **more: Any) -> tuple[Finding, ...]:
    """Five repeats at 20 and 60 evaluations of 128 px, and 20 of 256 px."""
    for repeat, wobble in enumerate(WOBBLE):
        for size, steps in ((128, 20), (128, 60), (256, 20)):
            spent = seconds(size, steps) * (wobble if steps == 60 or size == 256 else 1)
            about: dict[str, Any] = {"content": "c", "style": "s", "size": size, "steps": steps, "repeat": repeat}
            rows.add(**about, evaluations=float(steps), seconds_loop=spent, **more)
    frame = rows.frame
    frame.attrs["keys"] = ("content", "style", "size", "steps", "repeat")
    return time(finished(frame))


def test_proportional_to_both(rows: Rows) -> None:
    found = timed(rows, lambda size, steps: 1e-6 * size**2 * steps)
    assert [(one.verdict, one.n) for one in found] == [("holds", 5)] * 2
    assert found[0].effect == pytest.approx(1, abs=0.01)


def test_their_own_table_is_nearly_proportional_to_pixels(rows: Rows) -> None:
    """At 256 px, 100 and 300 iterations take 3.17 and 9.52 s; at 512 px, 100 take 10.97 s."""
    table = {(128, 20): 3.17, (128, 60): 9.52, (256, 20): 10.97}
    found = timed(rows, lambda size, steps: table[size, steps])
    assert [one.verdict for one in found] == ["holds", "holds"]
    assert found[1].effect == pytest.approx(10.97 / 3.17 / 4, rel=0.01)


def test_not_proportional(rows: Rows) -> None:
    found = timed(rows, lambda size, steps: 0.1 * size * math.sqrt(steps))
    assert [one.verdict for one in found] == ["does not hold", "does not hold"]


def test_at_the_limit(rows: Rows) -> None:
    """Three times the evaluations take 3.3 times as long, give or take."""
    assert timed(rows, lambda size, steps: size**2 * (1 if steps == 20 else 3.3))[0].verdict == "undecided"


def test_resumed_runs_are_not_timed(rows: Rows) -> None:
    assert {one.n for one in timed(rows, lambda size, steps: size**2 * steps, resumed_at=10.0)} == {0}


def traced(rows: Rows, ends: tuple[float, ...], last: float = 500) -> list[Run]:
    """The loss falls to 1 by 100 of 500 evaluations, and to these ends by the last, the logarithm linearly."""
    for number, end in enumerate(ends):
        rows.add(content=f"c{number}", style="s", trace=[(1, 0.1, 9.0), (100, 1.0, 1.0), (last, 3.0, end)])
    return finished(rows.frame)


@pytest.mark.parametrize(
    ("ends", "still", "over"),
    [
        ((0.5, 0.6) * 3, "holds", "does not hold"),
        ((0.97, 0.98) * 3, "does not hold", "holds"),
        ((0.3, 1.3) * 3, "undecided", "undecided"),
    ],
)
def test_loss_after_many_evaluations(rows: Rows, ends: tuple[float, ...], still: str, over: str) -> None:
    runs = traced(rows, ends)
    assert (worth(runs)[0].verdict, converged(runs)[0].verdict) == (still, over)


def test_by_hand(rows: Rows) -> None:
    """From 100 to 500, the logarithm is half of the way at 300; so 0.25 at the end is 0.5 of that."""
    runs = traced(rows, (0.25,) * 6)
    assert worth(runs)[0].effect == pytest.approx(4)
    assert converged(runs)[0].effect == pytest.approx(0.5)


@pytest.mark.parametrize(("ends", "over"), [((0.5, 0.6) * 3, "undecided"), ((0.97, 0.98) * 3, "holds")])
def test_fewer_evaluations_than_it_is_about_cannot_contradict_it(
    rows: Rows, ends: tuple[float, ...], over: str
) -> None:
    assert converged(traced(rows, ends, last=499))[0].verdict == over


def test_too_short_to_tell(rows: Rows) -> None:
    rows.add(content="c", style="s", trace=[(1, 0.1, 9.0), (150, 1.0, 1.0)])
    assert worth(finished(rows.frame))[0].n == 0


@pytest.mark.parametrize("test", [time, converged, worth])
def test_nothing_to_tell_it_from(test: object) -> None:
    assert callable(test) and {(found.n, found.verdict) for found in test([])} == {(0, "undecided")}
