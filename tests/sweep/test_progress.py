import io
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nst.objective.reference import LossValues
from nst.optimizer.loop import Progress
from nst.optimizer.schedule import Later
from nst.store.plan import Plan
from nst.store.store import Store
from nst.sweep import progress as room
from nst.sweep.progress import ConsoleProgress, LivePage, clock, describe, numbers


class Terminal(io.StringIO):
    """What looks like a terminal and keeps what is written to it."""

    def isatty(self) -> bool:
        return True


class Notebook(io.StringIO):
    """What looks like the stream of a notebook's kernel."""


Notebook.__module__ = "ipykernel.iostream"


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(room.time, "monotonic", clock)
    return clock


def at(evaluation: int, steps: int = 300, seconds: float = 0.0) -> Progress:
    losses = LossValues({"content": 5.6244, "style": 2.5612e-05}, 31.2365)
    return Progress(evaluation, steps, seconds, losses, torch.zeros(1, 3, 2, 2))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (0.4, "0:00"), (41, "0:41"), (59.6, "1:00"), (725, "12:05"), (3600, "1:00:00"), (10861, "3:01:01")],
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_says_losses_speed_and_time_left() -> None:
    """100 of 300 evaluations in 21.2 s: 212 ms each, and 200 more take 42.4 s."""
    expected = "total 31.24  content 5.62  style 2.56e-05  212 ms/evaluation  0:42 left"
    assert describe(at(100, 300, 21.2)) == expected


def test_says_the_size_and_weighs_what_is_to_come() -> None:
    """20 evaluations at 96 px in 2 s; 20 more, and 60 at a size that takes four times as long: 2 + 24 s."""
    here = replace(at(120, 200, 7.0), before=100, seconds_before=5.0, size=96, later=Later(60, 240.0))
    assert describe(here).startswith("96 px  total 31.24  ")
    assert describe(here).endswith("100 ms/evaluation  0:26 left")


def test_says_every_loss_that_is_on_by_its_name() -> None:
    losses = LossValues({"content": 1.0, "style": 2e-6, "tv": 0.25}, 3.5)
    assert numbers(losses) == "total 3.5  content 1  style 2e-06  tv 0.25"
    assert numbers(LossValues({"coffee": 2e-6}, 2.0)) == "total 2  coffee 2e-06"


def test_plain_lines_now_and_then_where_there_is_no_terminal(seconds: Clock) -> None:
    stream = io.StringIO()
    console = ConsoleProgress("[2/4] conv_3", stream)
    for evaluation in range(1, 31):
        seconds.now += 1
        console.update(at(evaluation, 30, float(evaluation)))
    lines = stream.getvalue().splitlines()
    assert [line.split("  ")[:2] for line in lines] == [["[2/4] conv_3", f"{n}/30"] for n in (10, 20, 30)]
    assert lines[0].endswith("1000 ms/evaluation  0:20 left")
    assert "\r" not in stream.getvalue() and "\033" not in stream.getvalue()


def test_a_quick_run_is_one_line(seconds: Clock) -> None:
    stream = io.StringIO()
    console = ConsoleProgress("", stream)
    console.update(at(1))
    console.say("done")
    assert stream.getvalue() == "done\n"


def test_a_bar_on_a_terminal() -> None:
    stream = Terminal()
    console = ConsoleProgress("[2/4] conv_3", stream)
    console.update(at(1, 300, 0.212))
    console.update(at(300, 300, 63.6))
    assert console.bar is not None and (console.bar.n, console.bar.total) == (300, 300)
    console.bar.refresh()
    last = stream.getvalue().split("\r")[-1]
    assert last.startswith("[2/4] conv_3  300/300 |")
    for part in ("total 31.24", "content 5.62", "style 2.56e-05", "212 ms/evaluation", "0:00 left"):
        assert part in last


def test_the_line_at_the_end_takes_the_place_of_the_bar() -> None:
    stream = Terminal()
    console = ConsoleProgress("[2/4] conv_3", stream)
    console.update(at(1))
    console.say("done in 0:41")
    assert console.bar is None
    assert stream.getvalue().endswith("\r[2/4] conv_3  done in 0:41\n")


@pytest.mark.parametrize(("stream", "red"), [(Terminal(), True), (io.StringIO(), False)])
def test_complaints_are_red_where_there_are_colours(stream: io.StringIO, red: bool) -> None:
    ConsoleProgress("[1/2]", stream).complain("failed: out of memory")
    text = "failed: out of memory"
    assert stream.getvalue() == f"[1/2]  {room.RED}{text}{room.PLAIN}\n" if red else f"[1/2]  {text}\n"


# --- the page of a sweep while it runs --------------------------------------------------------------------------------

PLAN = Plan("s", None, "", "", "", ("seed",), {}, {}, ())


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Formats of every page that is written, one line each; the page itself is an empty file."""
    pages: list[str] = []

    def build(name: str, root: Path, *, formats: tuple[str, ...]) -> None:
        page = root / "sweeps" / name / "report" / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.touch()
        pages.append(",".join(formats))

    monkeypatch.setattr("nst.report.build.build", build)
    return pages


def aged(page: LivePage, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(page.page, (then, then))


def test_says_where_the_page_is(built: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = LivePage(Store(tmp_path), PLAN)
    page.begin()
    assert capsys.readouterr().err == f"report: {page.page} (updated as runs end)\n"
    assert built == ["html,csv"]


def test_a_young_page_is_left(built: list[str], tmp_path: Path) -> None:
    page = LivePage(Store(tmp_path), PLAN)
    page.begin()
    page.after_run()
    assert len(built) == 1
    aged(page, 3)
    page.after_run()
    assert len(built) == 2


def test_at_most_a_twentieth_of_the_time(built: list[str], tmp_path: Path) -> None:
    """A page that takes 10 s is written every 200 s."""
    page = LivePage(Store(tmp_path), PLAN)
    page.begin()
    page.seconds = 10.0
    aged(page, 190)
    page.after_run()
    assert len(built) == 1
    aged(page, 210)
    page.after_run()
    assert len(built) == 2


def test_never_between_runs_that_are_timed(
    built: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = LivePage(Store(tmp_path), replace(PLAN, varied=("repeat", "init")))
    page.begin()
    assert capsys.readouterr().err.endswith("index.html (not updated while runs are timed)\n")
    aged(page, 1000)
    page.after_run()
    assert len(built) == 1


def test_one_process_writes_it(built: list[str], tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.lock("report-s"):
        LivePage(Store(tmp_path), PLAN).after_run()
    assert built == []


def test_a_fault_in_the_page_costs_no_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("nst.report.build.build", lambda *_, **__: 1 / 0)
    page = LivePage(Store(tmp_path), PLAN)
    page.begin()
    page.after_run()
    assert page.is_off


def test_a_notebook_has_a_bar_and_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """The bar goes where tqdm finds that it belongs; a line takes its place in the notebook's stream."""
    stream = Notebook()
    console = ConsoleProgress("[2/4] conv_3", stream)
    assert console.has_bar and not ConsoleProgress("", io.StringIO()).has_bar
    console.update(at(3, 8, 0.3))
    assert "[2/4] conv_3:" in capsys.readouterr().err and stream.getvalue() == ""
    console.say("done")
    assert console.bar is None and stream.getvalue() == "[2/4] conv_3  done\n"
