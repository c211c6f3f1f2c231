"""The command line in a folder of its own, its runs watched, its report left out."""

from pathlib import Path

import pytest

from nst.sweep import callback

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
