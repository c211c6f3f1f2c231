"""Sweeps composed in one process; each run in a process of its own: exit codes, what they mean together, signals."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sweep.command import TINY, new_process

from nst.errors import UserError
from nst.signals import STOP, Terminated
from nst.site import run
from nst.site.arguments import Asked, Program
from nst.site.run import plan_all
from nst.spec.records import Runtime
from nst.spec.schema import Config
from nst.store.plan import Plan, PlannedRun, write_plan
from nst.store.store import Store
from nst.sweep.hydra.compose import ComposedRun
from nst.sweep.scheduler import Sweep

ASKED = Asked(Program("nst.trial", "trial", "trial", (), {}))
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


def composed(measure: str | None) -> ComposedRun:
    """A run, of whose spec nobody asks more than what is to be measured."""
    spec: Any = SimpleNamespace(runtime=Runtime("cpu", 1, measure=measure))
    return ComposedRun((), Config(), spec)


def sweep(root: Path, name: str) -> Sweep:
    """A sweep of one run, whose signature is its name and a zero."""
    jobs = (PlannedRun(f"{name}0", "", {}),)
    return Sweep(Store(root), Plan(name, name, "", "", "", (), {}, {}, jobs), (composed(None),))


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, int]], list[str]]:
    """Sweeps that end with these codes; returns the list of those that were run."""

    def give(codes: dict[str, int]) -> list[str]:
        ran: list[str] = []
        monkeypatch.setattr(run, "run_sweep", lambda name, _: ran.append(name) or codes.get(name, 0))
        return ran

    return give


def test_a_failure_does_not_stop_the_others(tmp_path: Path, codes: Callable[[dict[str, int]], list[str]]) -> None:
    ran = codes({"a": 1, "b": -9})
    assert run.run_all([sweep(tmp_path, name) for name in "abc"], ASKED) == 1
    assert ran == ["a", "b", "c"]


def test_a_refusal_does(tmp_path: Path, codes: Callable[[dict[str, int]], list[str]]) -> None:
    ran = codes({"b": 2})
    assert run.run_all([sweep(tmp_path, name) for name in "abc"], ASKED) == 2
    assert ran == ["a", "b"]


@pytest.mark.parametrize(("code", "kind"), [(130, KeyboardInterrupt), (143, Terminated)])
def test_a_sweep_that_was_stopped_stops_all(
    tmp_path: Path, codes: Callable[[dict[str, int]], list[str]], code: int, kind: type[KeyboardInterrupt]
) -> None:
    codes({"a": code})
    with pytest.raises(kind):
        run.run_all([sweep(tmp_path, "a")], ASKED)


def test_what_is_done_is_not_started(tmp_path: Path, codes: Callable[[dict[str, int]], list[str]]) -> None:
    ran, done = codes({}), sweep(tmp_path, "a")
    assert run.left([done]) == 1
    write_plan(done.store, done.plan)
    done = replace(done, earlier=done.plan)
    for file in ("jobs/a0/metrics.json", "jobs/a0/image.png", "sweeps/a/report/index.html"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text('{"evaluations": 1}')
    assert run.run_all([done], ASKED) == 0 and ran == []
    assert run.left([done]) == 0
    drawn = replace(done, plan=replace(done.plan, report={"rows": "seed"}))
    for asked in (drawn, replace(done, composed=(composed("true"),))):
        assert run.run_all([asked], ASKED) == 0 and ran.pop() == "a"


@pytest.fixture
def handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    STOP.install()  # it forgets that it was asked to stop
    for number, handler in kept.items():
        signal.signal(number, handler)


def script(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(Asked, "command", lambda *_: ["-c", text])


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_exit_code(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    script(monkeypatch, f"raise SystemExit({code})")
    assert run.run_sweep("x", ASKED) == code


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize(("number", "kind"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)])
def test_a_signal_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, kind: type[KeyboardInterrupt]
) -> None:
    STOP.install()
    script(monkeypatch, SIGNALLED.format(number=int(number)))
    with pytest.raises(KeyboardInterrupt) as stopped:
        run.run_sweep("x", ASKED)
    assert stopped.type is kind


def of(root: Path, overrides: tuple[str, ...], *sweeps: str) -> Asked:
    return replace(ASKED, program=replace(ASKED.program, sweeps=sweeps), overrides=overrides, runs_dir=root)


@pytest.fixture
def fresh() -> Iterator[None]:
    with new_process():
        yield


@pytest.mark.usefixtures("fresh")
def test_several_sweeps_with_their_own_values(tmp_path: Path) -> None:
    overrides = ("profile=quick", *TINY, f"runs_dir={tmp_path}")
    noises, sizes, timing = plan_all(of(tmp_path, overrides, "content_noises", "sizes", "timing"))
    assert (len(noises.plan.runs), len(sizes.plan.runs), len(timing.plan.runs)) == (4, 2, 20)
    assert noises.plan.varied == ("init", "seed") and noises.composed[0].spec.term("style") is None
    assert sizes.store.root == tmp_path and sizes.plan.name.startswith("sizes-quick-")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    ("override", "said"), [("sise=64", "did you mean 'size'"), ("content_layers=conv_17", "conv_17")]
)
def test_a_mistake_names_its_sweep(tmp_path: Path, override: str, said: str) -> None:
    with pytest.raises(UserError, match=rf"{said}.*sweep=sizes; nothing was started"):
        plan_all(of(tmp_path, (override,), "sizes"))
