"""Make the plan of a sweep from its composed runs."""

from collections.abc import Sequence

from nst.store.plan import Plan, PlannedRun, Value
from nst.store.store import Store
from nst.sweep.compose import ComposedRun, swept
from nst.sweep.rerun import run_name
from nst.sweep.values import differing, label, plain_values, varied_keys

GROUPS = ("preset", "profile", "pictures")
NOT_AXES = frozenset({"threads", "device"})


def make_plan(
    store: Store,
    composed: Sequence[ComposedRun],
    overrides: Sequence[str],
    *,
    name: str,
    sweep: str | None,
    command: str,
    created: str,
) -> Plan:
    """Plan composed runs; one that `store` has from an older version is planned under the name that it has there."""
    values = [plain_values(run.config, run.spec) | _choices(run.overrides) for run in composed]
    order = [key for given in swept(overrides) if (key := given.lstrip("+")) not in NOT_AXES]
    varied = [key for key in varied_keys(values, order) if key not in NOT_AXES]
    runs = [
        PlannedRun(
            signature=run_name(store, run.spec, run.config.rerun),
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
        name=name,
        sweep=sweep,
        purpose=first.purpose or "",
        command=command,
        created_utc=created,
        varied=tuple(varied),
        constants=constants,
        report={"layout": "grid", **first.report},
        runs=tuple(runs),
    )


def told_alike(plan: Plan) -> str | None:
    """Return a line that names two runs which differ, but in no key of the plan; None if there are none.

    Such are pictures of one name in two folders.
    """
    found: dict[tuple[Value, ...], PlannedRun] = {}
    for run in plan.runs:
        first = found.setdefault(tuple(run.values.values()), run)
        if first.signature != run.signature:
            return f"{first.title} and {run.title}: are told alike, so that the report takes them for repeats of one"
    return None


def _choices(overrides: Sequence[str]) -> dict[str, Value]:
    pairs = (override.partition("=")[::2] for override in overrides)
    return {key: choice for key, choice in pairs if key in GROUPS}
