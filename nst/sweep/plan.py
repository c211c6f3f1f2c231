"""The plan of a sweep: every run composed and validated before the first one starts."""

import copy
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from nst.errors import UserError
from nst.spec.compose import config_from
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.spec.spec import Spec, signature
from nst.store.atomic import read_json, write_json
from nst.store.store import Store
from nst.sweep.explain import explain
from nst.sweep.values import Value, differing, label, plain_values, varied_keys

PLAN_VERSION = 1
PLAN = "plan.json"
GROUPS = ("preset", "profile", "pictures")
NOT_AXES = frozenset({"threads", "device"})


@dataclass(frozen=True)
class Job:
    """One run of a sweep; `values` holds the keys that vary, `overrides` what was swept for it."""

    signature: str
    label: str
    values: dict[str, Value]
    overrides: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All runs of a sweep, in order; kept as `plan.json`, from which the report is made."""

    version: int
    name: str
    sweep: str | None
    purpose: str
    command: str
    created_utc: str
    varied: tuple[str, ...]
    constants: dict[str, Value]
    report: dict[str, Any]
    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Composed:
    """One run on its way into a plan."""

    overrides: tuple[str, ...]
    config: Config
    spec: Spec


def expand(overrides: Sequence[str]) -> list[list[str]]:
    """Every combination, in the order of Hydra's basic sweeper: the first key is the slowest."""
    parsed = OverridesParser.create().parse_overrides(list(overrides))
    return BasicSweeper.split_arguments(parsed, None)[0]


def swept(overrides: Sequence[str]) -> list[str]:
    """Keys that are given several values, in their order; of a key that is given twice, the last word counts."""
    parsed = OverridesParser.create().parse_overrides(list(overrides))
    last = {override.get_key_element(): override for override in parsed}
    return [key for key, override in last.items() if override.is_sweep_override()]


def compose_jobs(overrides: Sequence[str]) -> list[Composed]:
    """Compose and validate every combination; a `UserError` names the combination that is wrong."""
    keys = set(swept(overrides))
    composed = []
    for job in expand(overrides):
        own = tuple(override for override in job if override.partition("=")[0] in keys)
        try:
            config = config_from(_compose(job, keys))
            composed.append(Composed(own, config, resolve(config)))
        except (UserError, OmegaConfBaseException) as error:
            raise UserError(f"{explain(error)}{_where(own)}") from None
    return composed


def make_plan(
    composed: Sequence[Composed], overrides: Sequence[str], *, name: str, sweep: str | None, command: str, created: str
) -> Plan:
    """What `plan.json` says of composed runs."""
    values = [plain_values(run.config, run.spec) | _choices(run.overrides) for run in composed]
    varied = [key for key in varied_keys(values, swept(overrides)) if key not in NOT_AXES]
    jobs = [
        Job(signature(run.spec), label(row, varied) or name, {key: row.get(key) for key in varied}, run.overrides)
        for run, row in zip(composed, values, strict=True)
    ]
    fixed = values[0].keys() - set(differing(values))
    constants: dict[str, Value] = {key: value for key, value in values[0].items() if key in fixed and value is not None}
    first = composed[0].config
    return Plan(
        version=PLAN_VERSION,
        name=name,
        sweep=sweep,
        purpose=first.purpose or "",
        command=command,
        created_utc=created,
        varied=tuple(varied),
        constants=constants,
        report={"rows": None, "cols": None, "layout": "grid", "crop": None, **first.report},
        jobs=tuple(jobs),
    )


def write_plan(store: Store, plan: Plan) -> None:
    """Keep the plan in its sweep's folder."""
    write_json(store.sweep(plan.name) / PLAN, asdict(plan))


def read_plan(store: Store, name: str) -> Plan | None:
    """The plan of a sweep, or None."""
    data = read_json(store.sweep(name) / PLAN)
    if data is None or data.get("version") != PLAN_VERSION:
        return None
    jobs = tuple(Job(j["signature"], j["label"], j["values"], tuple(j["overrides"])) for j in data.pop("jobs"))
    return Plan(**{**data, "varied": tuple(data["varied"])}, jobs=jobs)


def _choices(overrides: Sequence[str]) -> dict[str, Value]:
    """What was swept of the groups that are no keys of their own."""
    pairs = (override.partition("=")[::2] for override in overrides)
    return {key: choice for key, choice in pairs if key in GROUPS}


def _compose(job: Sequence[str], keys: set[str]) -> DictConfig:
    """The configuration of one combination.

    Composing takes Hydra 50 ms; a swept plain key does not need it: it is set on a copy of what the rest composes to.
    """
    parsed = [_parse(override) for override in job]
    plain = [o for o in parsed if o.get_key_element() in keys and _is_plain(o)]
    rest = tuple(override for override, o in zip(job, parsed, strict=True) if o not in plain)
    composed = copy.deepcopy(_compose_with_hydra(rest))
    for override in plain:
        OmegaConf.update(composed, override.key_or_group, override.value(), merge=False)
    return composed


def _is_plain(override: Override) -> bool:
    """Whether an override sets a key that is in the configuration, rather than choosing from a group or adding."""
    key = override.key_or_group
    changed = override.is_add() or override.is_delete() or "hydra" in key
    return not changed and override.package is None and key.split(".")[0] not in _groups()


@cache
def _groups() -> frozenset[str]:
    return frozenset(_hydra().config_loader.list_groups(""))


@lru_cache(maxsize=64)
def _compose_with_hydra(overrides: tuple[str, ...]) -> DictConfig:
    composed: DictConfig = _hydra().compose_config(
        config_name="config", overrides=list(overrides), run_mode=RunMode.RUN, with_log_configuration=False
    )
    return composed


@lru_cache(maxsize=4096)
def _parse(override: str) -> Override:
    return OverridesParser.create().parse_override(override)


def _hydra() -> Any:
    hydra = GlobalHydra.instance().hydra
    assert hydra is not None, "a plan is made inside Hydra's main"
    return hydra


def _where(overrides: Sequence[str]) -> str:
    return f" (in the run with {' '.join(overrides)})" if overrides else ""
