"""Compose and validate every run of a sweep, in the order of Hydra's basic sweeper."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict, read_write
from omegaconf.errors import OmegaConfBaseException

from nst.errors import UserError
from nst.spec.records import Spec
from nst.spec.resolve import resolve, signed_keys
from nst.spec.schema import Config, config_from
from nst.spec.signature import TIMED
from nst.sweep.hydra.errors import explain
from nst.sweep.hydra.several import one_each


@dataclass(frozen=True)
class ComposedRun:
    """One composed run, before it is planned."""

    overrides: tuple[str, ...]
    config: Config
    spec: Spec


def expand(overrides: Sequence[str]) -> list[list[str]]:
    """Return every combination, in the order of Hydra's basic sweeper: the first key is the slowest."""
    parsed = OverridesParser.create().parse_overrides(list(overrides))
    return BasicSweeper.split_arguments(parsed, None)[0]


def swept(overrides: Sequence[str]) -> list[str]:
    """Return the keys with several values, in their order; if a key is given twice, the last one counts."""
    parsed = OverridesParser.create().parse_overrides(list(overrides))
    last = {override.get_key_element(): override for override in parsed}
    return [key for key, override in last.items() if override.is_sweep_override()]


def compose_runs(overrides: Sequence[str]) -> list[ComposedRun]:
    """Compose and validate every combination; a `UserError` names the combination that is wrong.

    Threads and devices are signed if they vary, so that each of their values is a run with times of its own.
    """
    keys, configs = set(swept(overrides)), []
    for combination in expand(overrides):
        own = tuple(override for override in combination if override.partition("=")[0] in keys)
        with _naming(own):
            configs.append((own, one_each(config_from(_compose(combination, keys)))[0]))
    varied = [key for key in TIMED if len({str(getattr(config, key)) for _, config in configs}) > 1]
    composed = []
    for own, config in configs:
        with _naming(own):
            config = replace(config, signed=list(dict.fromkeys((*signed_keys(config), *varied))) or None)
            composed.append(ComposedRun(own, config, resolve(config)))
    return composed


@contextmanager
def _naming(own: Sequence[str]) -> Iterator[None]:
    """Name the run in an error, by the overrides that are its own."""
    try:
        yield
    except (UserError, OmegaConfBaseException) as error:
        place = f" (in the run with {' '.join(own)})" if own else ""
        raise UserError(f"{explain(error)}{place}") from None


def forget() -> None:
    """Forget what was composed: Hydra has been set up anew, maybe with other choices."""
    _compose_with_hydra.cache_clear()
    _groups.cache_clear()


def _compose(combination: Sequence[str], keys: set[str]) -> DictConfig:
    """Return the configuration of one combination: Hydra (50 ms) composes all but the plain keys, set on a copy."""
    parsed = [_parse(override) for override in combination]
    plain = [o for o in parsed if o.get_key_element() in keys and _is_plain(o)]
    rest = tuple(override for override, o in zip(combination, parsed, strict=True) if o not in plain)
    composed = copy.deepcopy(_compose_with_hydra(rest))
    for override in plain:
        OmegaConf.update(composed, override.key_or_group, override.value(), merge=False)
    return composed


def _is_plain(override: Override) -> bool:
    """Return whether an override sets a key of the configuration, rather than choosing from a group or adding."""
    key = override.key_or_group
    changed = override.is_add() or override.is_force_add() or override.is_delete() or "hydra" in key
    return not changed and override.package is None and key.split(".")[0] not in _groups()


@cache
def _groups() -> frozenset[str]:
    return frozenset(_hydra().config_loader.list_groups(""))


@lru_cache(maxsize=64)
def _compose_with_hydra(overrides: tuple[str, ...]) -> DictConfig:
    composed: DictConfig = _hydra().compose_config(
        config_name="config", overrides=list(overrides), run_mode=RunMode.RUN, with_log_configuration=False
    )
    with read_write(composed), open_dict(composed):
        del composed["hydra"]  # as for the task itself; it is three quarters of what would be copied for each run
    return composed


@lru_cache(maxsize=4096)
def _parse(override: str) -> Override:
    return OverridesParser.create().parse_override(override)


def _hydra() -> Any:
    hydra = GlobalHydra.instance().hydra
    assert hydra is not None, "a plan is made inside Hydra's main"
    return hydra
