"""Claims about the content's weight, on frames with known answers."""

from typing import Any

import pytest

from nst.papers.library.kolkin2019 import content_weight
from nst.statements.runs import finished
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]
RISING, FALLING = (0.4, 0.6, 0.8), (0.8, 0.6, 0.4)


@pytest.mark.parametrize(
    ("courses", "verdict"),
    [((RISING,) * 6, "holds"), ((FALLING,) * 6, "does not hold"), ((RISING, FALLING) * 3, "undecided")],
)
def test_weight_of_the_content(rows: Rows, courses: tuple[tuple[float, ...], ...], verdict: str) -> None:
    for number, course in enumerate(courses):
        for weight, kept in zip((1.0, 4.0, 16.0), course, strict=True):
            about: dict[str, Any] = {"content": f"c{number}", "style": "s", "content_weight": weight}
            rows.add(**about, content_fidelity=kept, global_effects=1 - kept)
    found = content_weight(finished(rows.frame))
    assert [(one.verdict, one.n) for one in found] == [(verdict, 6)] * 2


def test_nothing_to_tell_it_from() -> None:
    assert {(found.n, found.verdict) for found in content_weight([])} == {(0, "undecided")}
