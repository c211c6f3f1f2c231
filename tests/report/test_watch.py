"""A report that keeps up: built again when a run ends, drawn once more when all have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nst.report import watch
from nst.report.build import FORMATS

from .conftest import Store


def test_until_all_have_ended(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three runs one is done; while the watcher sleeps, nothing ends, then one fails, then one is done."""
    jobs = store.sweep("s", {"seed": [0, 1, 2]})
    store.done(jobs[0])
    events: list[Callable[[], Any]] = [
        lambda: None,
        lambda: store.failed(jobs[1], "no"),
        lambda: store.done(jobs[2]),
    ]
    monkeypatch.setattr(watch.time, "sleep", lambda _: events.pop(0)())
    made: list[tuple[str, ...]] = []

    def make(formats: tuple[str, ...]) -> Path:
        made.append(tuple(formats))
        return store.root

    watch.watch("s", store.root, make, FORMATS)
    assert made == [("html", "csv"), ("html", "csv"), FORMATS]


def test_a_finished_sweep_is_built_at_once(store: Store) -> None:
    store.done(store.sweep("s", {})[0])
    made: list[object] = []
    watch.watch("s", store.root, lambda formats: made.append(formats) or store.root, ("png",))
    assert made == [("png",)]
