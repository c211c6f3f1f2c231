"""SIGTERM: within a run a flag, elsewhere the end of the process; never an exception out of nowhere."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import pytest
from sweep.command import TINY

import nst.report.__main__
from nst import __version__
from nst.signals import AGAIN, SAID, STOP, Stop, Terminated
from nst.store.store import Store


class Ended(BaseException):
    """In place of the end of the process."""


class Watched(Stop):
    """Ends with an exception, which a test can expect."""

    def end(self, number: signal.Signals = signal.SIGTERM) -> NoReturn:
        raise Ended(number)


@pytest.fixture
def stop() -> Iterator[Stop]:
    before, stop = {number: signal.getsignal(number) for number in SAID}, Watched()
    stop.install()
    yield stop
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_passes_where_an_interruption_does() -> None:
    assert issubclass(Terminated, KeyboardInterrupt)


def test_outside_of_a_run_it_ends_the_process(stop: Stop) -> None:
    with pytest.raises(Ended):
        signal.raise_signal(signal.SIGTERM)


def test_ctrl_c_ends_the_process_until_there_is_something_to_report(stop: Stop) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    stop.begin()
    with pytest.raises(Ended) as ended:
        signal.raise_signal(signal.SIGINT)
    assert ended.value.args == (signal.SIGINT,)
    stop.allow_interrupts()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_that_is_ignored_stays_ignored(stop: Stop) -> None:
    """As in the background of a script."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop.begin()
    stop.allow_interrupts()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


MIDST = """
import builtins, runpy, signal, sys

number, module, command = signal.Signals(int(sys.argv.pop(1))), sys.argv.pop(1), sys.argv.pop(1)
real = builtins.__import__

def signalled(name, *rest, **more):
    if name == module:
        try:
            signal.raise_signal(number)
        except BaseException as error:
            raise ImportError("cut short") from error  # as extension modules do
    return real(name, *rest, **more)

builtins.__import__ = signalled
sys.argv[0] = "nst"
runpy.run_module(command, run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("number", SAID)
@pytest.mark.parametrize("module", ["hydra", "omegaconf", "torch", "filelock"])
def test_a_signal_in_the_midst_of_an_import_is_one_sentence(
    number: signal.Signals, module: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", MIDST, str(int(number)), module, "nst.run", *TINY]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (128 + number, f"\n{SAID[number]}\n")


@pytest.mark.parametrize("number", SAID)
@pytest.mark.parametrize(
    ("command", "module", "said"),
    [
        (["nst.report"], "nst.memory.limits", AGAIN),
        (["nst.store"], "filelock", AGAIN),
        (["nst.bench"], "nst.bench.options", AGAIN),
        (["nst.writeup"], "nst.writeup.site.contents", SAID),
        (["nst", "store", "--verify"], "filelock", AGAIN),
        (["nst", "writeup"], "nst.writeup.site.contents", SAID),
    ],
)
def test_every_command_ends_with_a_sentence(
    command: list[str], module: str, said: Mapping[signal.Signals, str], number: signal.Signals, tmp_path: Path
) -> None:
    """From its first import on; what it does makes no difference."""
    words = [sys.executable, "-c", MIDST, str(int(number)), module, *command]
    ended = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + number, "", f"\n{said[number]}\n")


def test_a_report_that_is_drawn_can_be_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is an exception again, which removes half-written files."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, STOP.interrupt)
        monkeypatch.setattr("nst.report.__main__._check", lambda asked: signal.raise_signal(signal.SIGINT))
        assert nst.report.__main__.main([]) == 130
    finally:
        signal.signal(signal.SIGINT, handler)


def test_in_a_run_it_leaves_word_and_the_second_time_ends_the_process(stop: Stop) -> None:
    with pytest.raises(Terminated), stop.deferred():
        signal.raise_signal(signal.SIGTERM)
        assert stop.asked
        with pytest.raises(Ended):
            signal.raise_signal(signal.SIGTERM)


def test_a_run_that_ends_without_looking_is_stopped_after(stop: Stop) -> None:
    """Also where it fails: the failure is not recorded, and the run is made again."""
    for error in (None, ValueError("diverged")):
        stop.install()
        with pytest.raises(Terminated), stop.deferred():
            signal.raise_signal(signal.SIGTERM)
            if error:
                raise error
        assert not stop.waits


def test_without_a_signal_a_run_ends_as_it_does(stop: Stop) -> None:
    with stop.deferred():
        assert stop.waits
    assert not stop.waits
    with pytest.raises(ValueError, match="diverged"), stop.deferred():
        raise ValueError("diverged")


def test_it_is_passed_on_once_before_anything_else(stop: Stop) -> None:
    passed: list[bool] = []
    stop.pass_on = lambda: passed.append(stop.asked)
    with pytest.raises(Ended):
        signal.raise_signal(signal.SIGTERM)
    stop.install()
    with pytest.raises(Terminated), stop.deferred(lambda: passed.append(stop.waits)):
        signal.raise_signal(signal.SIGTERM)
    assert passed == [True, True]


def test_a_worker_waits_for_its_driver_to_end_first(stop: Stop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own end would be taken for a loss, over which the others are killed."""
    stop.leave_work()
    stop.driver = 7
    drivers = iter([7, 7, 7, 1, 1])
    monkeypatch.setattr(os, "getppid", lambda: next(drivers))
    signal.raise_signal(signal.SIGTERM)
    assert stop.asked
    with pytest.raises(Ended):
        stop.leave_work()
    assert list(drivers) == [1]


WORKER = """
import os, sys, time
from nst.signals import STOP, Terminated

if (child := os.fork()) == 0:
    STOP.work_for(os.getppid())
    os.write(1, b"at work")
    try:
        with STOP.deferred():
            while not STOP.asked:
                time.sleep(0.01)
            os.write(1, b" checkpoint")
    except Terminated:
        STOP.leave_work()
    os.write(1, b" never")
sys.stdin.read()
os._exit(9)
"""


def test_a_worker_whose_driver_is_killed_ends_by_way_of_a_safe_point() -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", WORKER], **pipes) as driver:  # type: ignore[call-overload]
        assert driver.stdout.read(7) == "at work"
        driver.kill()
        assert driver.stdout.read() == " checkpoint"  # until the worker, too, has closed it


IMPORTING = """
import sys, weakref

class Victim: ...

def swallow(_):
    import signal
    signal.raise_signal(signal.SIGTERM)

sys.argv = ["nst.run", "--version"]
from nst.signals import STOP
STOP.install()
victim = Victim()
reference = weakref.ref(victim, swallow)
del victim
print("went on")
"""


def test_nothing_swallows_it() -> None:
    """An exception in a callback of a weak reference would be printed, and forgotten."""
    ended = subprocess.run([sys.executable, "-c", IMPORTING], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (143, "", f"\n{SAID[signal.SIGTERM]}\n")


@pytest.mark.slow
def test_at_any_moment(tmp_path: Path) -> None:
    """Forty sweeps: 143 and the sentence, or 0 if there was nothing left to end."""
    moments = random.Random(0)
    command = [sys.executable, "-m", "nst.run", "-m", *TINY, "steps=30", "init=noise", "seed=0,1"]
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
            time.sleep(moments.uniform(0.3, 6))
            process.terminate()
            assert process.stderr is not None
            said = process.stderr.read()
        assert "Traceback" not in said and (process.returncode, SAID[signal.SIGTERM] in said) in (
            (143, True),
            (0, False),
        ), said


AT_THE_END = """
import atexit, runpy, signal, sys

atexit.register(signal.raise_signal, signal.SIGTERM)
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("command", "out"),
    [
        (["nst.run", "--version"], f"nst {__version__}\n"),
        (["nst.store"], "no such runs\n"),
        (["nst", "store"], "no such runs\n"),
        (["nst.store", "--prune"], "nothing to remove\n"),
    ],
)
def test_what_is_done_is_done(command: list[str], out: str, store: Store, tmp_path: Path) -> None:
    """A signal while the interpreter puts its things away changes nothing."""
    store.mark()
    ended = subprocess.run([sys.executable, "-c", AT_THE_END, *command], capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "") and ended.stdout.startswith(out)
