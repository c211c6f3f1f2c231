"""Set Hydra up for one call, as the command line does, and leave the process as it was."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.core.singleton import Singleton
from hydra.errors import HydraException
from hydra.types import RunMode
from hydra.version import VersionBase
from omegaconf import DictConfig
from omegaconf.basecontainer import BaseContainer
from omegaconf.errors import OmegaConfBaseException

from nst.errors import UserError
from nst.run import register_choices
from nst.sweep.files import data_folder
from nst.sweep.hydra.compose import forget
from nst.sweep.hydra.errors import explain


@contextmanager
def hydra_set_up(arguments: Sequence[str]) -> Iterator[None]:
    """Register nst's choices with Hydra in this block; an error of Hydra's becomes a one-line `UserError`."""
    with _untouched_hydra():
        try:
            register_choices(arguments)
            with initialize_config_dir(str(data_folder("conf")), job_name="nst", version_base="1.3"):
                yield
        except (HydraException, OmegaConfBaseException) as error:
            raise UserError(explain(error)) from None


def compose_sweep(overrides: Sequence[str]) -> DictConfig:
    """Return the configuration that Hydra passes to a sweep's callback."""
    hydra = GlobalHydra.instance().hydra
    assert hydra is not None, "call it inside hydra_set_up"
    config: DictConfig = hydra.compose_config(
        config_name="config", overrides=list(overrides), run_mode=RunMode.MULTIRUN, with_log_configuration=False
    )
    return config


@contextmanager
def _untouched_hydra() -> Iterator[None]:
    """Restore the process-wide state of Hydra and OmegaConf: the caller may be a Hydra program itself."""
    Plugins.instance()  # registers choices of its own, once per process
    choices, version = ConfigStore.instance(), VersionBase.instance()
    before, resolvers = (choices.repo, version.version_base), dict(BaseContainer._resolvers)
    choices.repo, other = copy.deepcopy(choices.repo), Singleton._instances.pop(GlobalHydra, None)
    forget()
    try:
        yield
    finally:
        Singleton._instances.pop(GlobalHydra, None)
        if other is not None:
            Singleton._instances[GlobalHydra] = other
        choices.repo, version.version_base = before
        BaseContainer._resolvers.clear()
        BaseContainer._resolvers.update(resolvers)
        forget()
