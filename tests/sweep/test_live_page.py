"""The page of a sweep while it runs: there before the first run, renewed now and then, never where runs are timed."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from nst.sweep.live_page import LivePage

from nst.store.plan import Plan
from nst.store.store import Store

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
    assert capsys.readouterr().err == f"report: {page.page} (grows as runs end)\n"
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
    assert capsys.readouterr().err.endswith("index.html (left alone while runs are timed)\n")
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
