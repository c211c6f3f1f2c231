"""`python -m nst.run` inside the process of the tests, each call as if it were the first of a new process."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins

import nst.engine
from nst.result import Result
from nst.run import run
from nst.spec.records import Spec
from nst.store.store import Store
from nst.sweep.hydra import compose
from nst.sweep.hydra.callback import SweepCallback

TINY = (
    *("size=32", "steps=2", "content_layers=conv_1", "style_layers=conv_1-2"),
    *("device=cpu", "threads=1", "precision=fp32"),
)
"""The smallest transfer that says something: two evaluations of two layers."""


@dataclass(frozen=True)
class Answer:
    """What a call left: its exit code, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on stderr."""
        return self.err.splitlines()


class Command:
    """Runs command lines in a folder of their own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.chdir(folder)
        self.folder, self.capsys = folder, capsys
        self.store = Store(folder / "runs")

    def __call__(self, *arguments: str) -> Answer:
        self.capsys.readouterr()
        with new_process():
            code = run(arguments)
        return Answer(code, *self.capsys.readouterr())

    def tiny(self, *arguments: str) -> Answer:
        """With `TINY` before the arguments."""
        return self(*TINY, *arguments)

    def sweep(self, *arguments: str) -> Answer:
        """An ad-hoc sweep of tiny runs."""
        return self("-m", *TINY, *arguments)

    def jobs(self) -> dict[str, set[str]]:
        """The files of each run in the store."""
        return {folder.name: {path.name for path in folder.iterdir()} for folder in self.store.root.glob("jobs/*")}

    def sweeps(self) -> list[str]:
        """The names of the sweeps in the store."""
        return sorted(path.name for path in self.store.root.glob("sweeps/*"))


@contextmanager
def new_process() -> Iterator[None]:
    """Forget what Hydra and `nst.run` keep for the length of a process, and put it back."""
    Plugins.instance()  # registers its own choices, once in the life of a process
    arguments, choices = sys.argv[:], ConfigStore.instance().repo
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    ConfigStore.instance().repo = deepcopy(choices)
    GlobalHydra.instance().clear()
    HydraConfig.instance().cfg = None
    SweepCallback.current = None
    compose._compose_with_hydra.cache_clear()
    compose._groups.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYDRA_FULL_ERROR", "1")
        try:
            yield
        finally:
            sys.argv[:] = arguments
            for number, handler in handlers.items():
                signal.signal(number, handler)
            ConfigStore.instance().repo = choices


class Transfers:
    """Stands in for `nst.engine.transfer`: lists the specs that were run, and fails where `errors` has their seed."""

    def __init__(self, transfer: Callable[..., Result]) -> None:
        self.transfer = transfer
        self.specs: list[Spec] = []
        self.errors: dict[int, BaseException] = {}

    def __call__(self, spec: Spec, **keywords: Any) -> Result:
        self.specs.append(spec)
        if spec.start.seed in self.errors:
            raise self.errors[spec.start.seed]
        return self.transfer(spec, **keywords)

    @property
    def seeds(self) -> list[int]:
        """The seeds of the runs made, in order; forgets them."""
        made = [spec.start.seed for spec in self.specs]
        self.specs.clear()
        return made


def watch_transfers(monkeypatch: pytest.MonkeyPatch) -> Transfers:
    """Put `Transfers` before the real thing."""
    transfers = Transfers(nst.engine.transfer)
    monkeypatch.setattr(nst.engine, "transfer", transfers)
    return transfers
