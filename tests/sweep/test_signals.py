"""SIGTERM: at once, or when the run has looked; the second time always at once."""

import signal
from collections.abc import Iterator

import pytest

from nst.sweep.signals import Stop, Terminated


@pytest.fixture
def stop() -> Iterator[Stop]:
    before, stop = signal.getsignal(signal.SIGTERM), Stop()
    stop.install()
    yield stop
    signal.signal(signal.SIGTERM, before)


def test_it_passes_where_an_interruption_does() -> None:
    assert issubclass(Terminated, KeyboardInterrupt)


def test_outside_of_a_run_it_stops_at_once(stop: Stop) -> None:
    with pytest.raises(Terminated):
        signal.raise_signal(signal.SIGTERM)
    assert not stop.asked


def test_in_a_run_that_looks_it_leaves_word_and_the_second_time_stops_at_once(stop: Stop) -> None:
    with pytest.raises(Terminated), stop.within_a_run():
        stop.waits = True
        signal.raise_signal(signal.SIGTERM)
        assert stop.asked
        signal.raise_signal(signal.SIGTERM)
        pytest.fail("the second signal was not taken")


def test_a_run_that_ends_without_looking_is_stopped_after(stop: Stop) -> None:
    """Also where it fails: the failure is not recorded, and the run is made again."""
    for error in (None, ValueError("diverged")):
        stop.install()
        with pytest.raises(Terminated), stop.within_a_run():
            stop.waits = True
            signal.raise_signal(signal.SIGTERM)
            if error:
                raise error
        assert not stop.waits


def test_without_a_signal_a_run_ends_as_it_does(stop: Stop) -> None:
    with stop.within_a_run():
        stop.waits = True
    assert not stop.waits
    with pytest.raises(ValueError, match="diverged"), stop.within_a_run():
        raise ValueError("diverged")
