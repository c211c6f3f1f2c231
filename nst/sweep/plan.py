"""The plan of a sweep: what its runs are, decided once for whoever makes them, and kept as `plan.json`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from nst.spec.signature import signature
from nst.store.atomic import read_json, write_json
from nst.store.store import Record, Store
from nst.sweep.compose import Composed, swept
from nst.sweep.values import Value, differing, label, plain_values, varied_keys

PLAN_VERSION = 2
PLAN = "plan.json"
GROUPS = ("preset", "profile", "pictures")
NOT_AXES = frozenset({"threads", "device"})


@dataclass(frozen=True)
class Job:
    """One run of a sweep; `values` holds the keys that vary, `overrides` what was swept for it.

    `precision` and `device` are decisions that no worker makes again; `seen` is how often the run had been recorded
    when the plan was made (`Store.attempt`).
    """

    signature: str
    label: str
    values: dict[str, Value]
    overrides: tuple[str, ...]
    precision: str = "fp32"
    device: str = "cpu"
    seen: int = 0

    @property
    def title(self) -> str:
        """The run as it is typed, or its label where nothing was swept for it."""
        return " ".join(self.overrides) or self.label


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
    summary: str = ""
    """How many runs there are, and how they stood when the plan was made, as it was printed."""


def make_plan(
    composed: Sequence[Composed], overrides: Sequence[str], *, name: str, sweep: str | None, command: str, created: str
) -> Plan:
    """What `plan.json` says of composed runs."""
    values = [plain_values(run.config, run.spec) | _choices(run.overrides) for run in composed]
    varied = [key for key in varied_keys(values, swept(overrides)) if key not in NOT_AXES]
    jobs = [
        Job(
            signature=signature(run.spec),
            label=label(row, varied) or name,
            values={key: row.get(key) for key in varied},
            overrides=run.overrides,
            precision=run.spec.precision,
            device=run.spec.runtime.device,
        )
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
        report={"layout": "grid", **first.report},
        jobs=tuple(jobs),
    )


def with_attempts(plan: Plan, records: Mapping[str, Record], summary: str) -> Plan:
    """The plan with how its runs stand now."""
    jobs = tuple(replace(job, seen=records[job.signature].attempt) for job in plan.jobs)
    return replace(plan, jobs=jobs, summary=summary)


def write_plan(store: Store, plan: Plan) -> None:
    """Keep the plan in its sweep's folder."""
    write_json(store.sweep(plan.name) / PLAN, asdict(plan))


def read_plan(store: Store, name: str) -> Plan | None:
    """The plan of a sweep, or None."""
    data = read_json(store.sweep(name) / PLAN)
    if data is None or data.get("version") != PLAN_VERSION:
        return None
    jobs = tuple(Job(**{**job, "overrides": tuple(job["overrides"])}) for job in data.pop("jobs"))
    return Plan(**{**data, "varied": tuple(data["varied"])}, jobs=jobs)


def _choices(overrides: Sequence[str]) -> dict[str, Value]:
    """What was swept of the groups that are no keys of their own."""
    pairs = (override.partition("=")[::2] for override in overrides)
    return {key: choice for key, choice in pairs if key in GROUPS}
