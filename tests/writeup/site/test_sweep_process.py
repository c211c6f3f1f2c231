"""A sweep in its own process: exit codes and signals."""

import signal
from collections.abc import Iterator

import pytest

from nst.sweep.signals import STOP, Terminated
from nst.writeup.site import sweep_process

SIGNALLED = """
import os, signal, sys
caught = []
def take(number, _):
    caught.append(number)
signal.signal({number}, take)
os.kill(os.getppid(), {number})
while not caught:
    signal.pause()
sys.exit(0 if caught == [{number}] else 9)
"""


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def script(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sweep_process, "command", lambda *_: ["-c", text])


def test_the_command() -> None:
    assert sweep_process.command("sizes", ["size=64"]) == ["-m", "nst.run", "sweep=sizes", "size=64"]


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_exit_code(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    script(monkeypatch, f"raise SystemExit({code})")
    assert sweep_process.run_sweep("x", []) == code


@pytest.mark.parametrize(("number", "kind"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)])
def test_a_signal_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, kind: type[KeyboardInterrupt]
) -> None:
    STOP.install()
    script(monkeypatch, SIGNALLED.format(number=int(number)))
    with pytest.raises(KeyboardInterrupt) as stopped:
        sweep_process.run_sweep("x", [])
    assert stopped.type is kind
