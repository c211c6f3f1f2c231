"""Fixtures of sweeps: what a command line plans."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from nst.spec.records import Spec
from nst.store.store import Store
from nst.sweep.hydra import callback
from nst.sweep.hydra.compose import ComposedRun
from nst.sweep.plan import Plan, make_plan

from .command import Command

Planned = Callable[..., tuple[Plan, list[Spec]]]


@pytest.fixture
def planned(nst: Command, monkeypatch: pytest.MonkeyPatch) -> Planned:
    """The plan of a command line, and its specs; runs nothing."""
    kept: list[tuple[Plan, list[Spec]]] = []

    def keep(store: Store, composed: Sequence[ComposedRun], *arguments: Any, **keywords: Any) -> Plan:
        kept.append((make_plan(store, composed, *arguments, **keywords), [run.spec for run in composed]))
        return kept[-1][0]

    def plan(*arguments: str) -> tuple[Plan, list[Spec]]:
        answer = nst(*arguments, "plan=true")
        assert answer.code == 0, answer.err
        assert list(nst.folder.iterdir()) == []
        return kept[-1]

    monkeypatch.setattr(callback, "make_plan", keep)
    return plan
