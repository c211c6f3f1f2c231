"""Hydra composes once for a command that leaves `hydra.mode` open, and twice, as by itself, for any other."""

import pytest
import yaml
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.hydra import Hydra

from nst.sweep.files import data_folder
from nst.sweep.hydra.mode import ComposingOnce, may_set_mode

from ..command import TINY, Command


@pytest.mark.parametrize(
    ("argument", "may"),
    [
        ("content=hydra.mode", False),
        ("--multirun", False),
        ("hydra/launcher=joblib", False),
        ("hydra.launcher.n_jobs=2", False),
        ("+hydra.callbacks.mine={_target_: mine.Callback}", False),
        ("hydra.mode=MULTIRUN", True),
        ("++hydra.mode=MULTIRUN", True),
        ("hydra={mode: MULTIRUN}", True),
        ("+preset@hydra=mine", True),
        ("hydra.searchpath=[mine]", True),
        ("--config-dir", True),
        ("--config-dir=mine", True),
    ],
)
def test_what_may_set_the_mode(argument: str, may: bool) -> None:
    assert may_set_mode(["size=64", argument]) is may


def test_nothing_that_comes_with_nst_sets_the_mode() -> None:
    for folder in ("conf", "sweeps"):
        files = list(data_folder(folder).rglob("*.yaml"))
        assert files
        for file in files:
            assert "mode" not in ((yaml.safe_load(file.read_text()) or {}).get("hydra") or {}), file


@pytest.mark.parametrize(("arguments", "times"), [((), 1), (("hydra.verbose=false",), 2)])
def test_a_run_is_composed_once_if_it_can_be(
    nst: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], times: int
) -> None:
    composed: list[str | None] = []
    load = ConfigLoaderImpl.load_configuration

    def counted(self: ConfigLoaderImpl, config_name: str | None, *args: object, **settings: object) -> object:
        composed.append(config_name)
        return load(self, config_name, *args, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(ConfigLoaderImpl, "load_configuration", counted)
    answer = nst(*TINY, "plan=true", *arguments)
    assert answer.code == 0 and answer.lines[0].startswith("1 run, ")
    assert composed == ["config"] * times


def test_hydra_itself_leaves_it_open_too(nst: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """So composing once changes nothing."""
    found: list[object] = []
    own = Hydra.get_mode

    def asked(self: Hydra, config_name: str | None, overrides: list[str]) -> None:
        found.append(own(self, config_name, overrides))

    monkeypatch.setattr(ComposingOnce, "get_mode", asked)
    assert nst(*TINY, "plan=true").code == 0
    assert nst("-m", *TINY, "seed=0,1", "plan=true").code == 0
    assert nst("sweep=sizes", "plan=true").code == 0
    assert found == [None] * 3
