"""The command line in a folder of its own, a store, and one real run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nst.spec.spec import Spec
from nst.store.store import Store
from nst.sweep import callback
from nst.transfer import Result, transfer

from .command import Command, Transfers, watch_transfers


@pytest.fixture
def nst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


@pytest.fixture
def transfers(monkeypatch: pytest.MonkeyPatch) -> Transfers:
    return watch_transfers(monkeypatch)


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes a second; where the report is not the point, it is left out."""
    monkeypatch.setattr(callback, "write_report", lambda *_: Path("index.html"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture(scope="session")
def small(make_spec: Callable[..., Spec]) -> Spec:
    return make_spec(content_layers=("conv_1",), style_layers=("conv_2",), size=32, steps=2)


@pytest.fixture(scope="session")
def result(small: Spec) -> Result:
    return transfer(small)
