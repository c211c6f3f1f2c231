"""The data that a callback receives of an evaluation."""

import pytest

from nst.objective.reference import LossValues
from nst.optimizer.schedule import Later, Progress

from .problems import grey


def test_seconds_left_are_those_of_this_scale_and_of_later_ones() -> None:
    """Two evaluations took 4 s after 100 s before; three more here, and ten later that are worth forty of these."""
    progress = Progress(22, 35, 104.0, LossValues({}, 1.0), grey(), 20, 100.0, Later(10, 40.0))
    assert progress.seconds_each == 2 and progress.seconds_left == 2 * (3 + 40)
    plain = Progress(100, 300, 21.2, LossValues({}, 1.0), grey())
    assert plain.seconds_each == pytest.approx(0.212) and plain.seconds_left == pytest.approx(42.4)
