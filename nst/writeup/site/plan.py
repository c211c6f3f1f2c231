"""Compose and validate every sweep of the write-up in this process, before the first run of any of them starts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from nst.errors import UserError
from nst.run import alternate
from nst.spec.schema import register
from nst.store.store import Store
from nst.sweep.files import data_folder, load_sweep, sweep_files
from nst.sweep.hydra.argv import given, prepare
from nst.sweep.hydra.callback import check_plan, sweep_overrides
from nst.sweep.hydra.compose import compose_runs
from nst.sweep.hydra.errors import explain
from nst.sweep.hydra.launchers import forget_plugins_own
from nst.sweep.plan import make_plan
from nst.sweep.scheduler import Sweep
from nst.writeup.site.arguments import Asked
from nst.writeup.site.contents import EVERY, arguments, folder_name


def plan_all(asked: Asked, names: Sequence[str] = EVERY) -> tuple[Sweep, ...]:
    """Return the sweeps with all their runs, in order; `UserError` names the sweep that the overrides make wrong."""
    with _hydra(names, quick=given(asked.overrides, "profile")[-1:] == ["quick"]):
        return tuple(_plan(name, asked) for name in names)


@contextmanager
def _hydra(names: Sequence[str], quick: bool) -> Iterator[None]:
    """Set Hydra up as `nst.run` does, but with the settings of several sweeps at once."""
    register()
    forget_plugins_own()
    OmegaConf.register_new_resolver("alternate", alternate, replace=True)
    files = sweep_files()
    for name in names:
        ConfigStore.instance().store(group="sweep", name=name, node=load_sweep(files[name], quick), package="_global_")
    with initialize_config_dir(str(data_folder("conf")), job_name="writeup", version_base="1.3"):
        yield


def _plan(name: str, asked: Asked) -> Sweep:
    try:
        config = _compose(arguments(name, asked.overrides))
        overrides = sweep_overrides(config)
        composed = compose_runs(overrides)
        folder = folder_name(name, asked.overrides)
        store = Store(asked.runs_dir)
        plan = make_plan(store, composed, overrides, name=folder, sweep=name, command="")
        check_plan(config, plan)
    except (UserError, HydraException, OmegaConfBaseException) as error:
        raise UserError(f"{explain(error)} (sweep={name}; nothing was started)") from None
    return Sweep(store, plan, tuple(composed))


def _compose(words: Sequence[str]) -> DictConfig:
    hydra = GlobalHydra.instance().hydra
    assert hydra is not None
    overrides = [argument for argument in prepare(words) if not argument.startswith("-")]
    config: DictConfig = hydra.compose_config(
        config_name="config", overrides=overrides, run_mode=RunMode.MULTIRUN, with_log_configuration=False
    )
    return config
