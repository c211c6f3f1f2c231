"""Collect what the runs of several sweeps recorded about themselves: each setting once, with all its values."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nst.report import labels
from nst.site.chapter import Chapter
from nst.spec.records import Spec
from nst.store.columns import METRICS
from nst.store.store import Store


@dataclass(frozen=True)
class Recorded:
    """The record of all finished runs, each counted once; `settings`: each with all its known values."""

    runs: int
    planned: int
    seconds: float
    settings: Mapping[str, tuple[str, ...]]


def read(chapters: Sequence[Chapter], store: Store) -> Recorded:
    """Gather the record from the run folders."""
    signatures = dict.fromkeys(run.signature for one in chapters if one.plan for run in one.plan.runs)
    rows = (row for one in chapters if one.frame is not None for row in one.frame.to_dict("records"))
    done = {row["signature"]: row for row in rows if row["state"] == "done"}
    times = [row[column.name] for row in done.values() for column in METRICS if column.unit == "s"]
    return Recorded(
        runs=len(done),
        planned=len(signatures),
        seconds=sum(time for time in times if math.isfinite(time)),
        settings={
            "evaluations": _numbers(row["evaluations"] for row in done.values()),
            **_origins([store.provenance(signature) for signature in done]),
            **_specs([spec for signature in done if (spec := store.spec(signature))]),
        },
    )


def _origins(found: Sequence[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    days = sorted(str(one[key])[:10] for one in found for key in ("started_utc", "ended_utc") if one.get(key))
    return {
        "days": tuple(days),
        "devices": _distinct(_device(one) for one in found),
        "precisions": _distinct(one.get("precision") for one in found),
        "versions": _distinct(_versions(one) for one in found),
    }


def _specs(found: Sequence[Spec]) -> dict[str, tuple[str, ...]]:
    weights = [spec.network.weights for spec in found]
    return {
        "weights": _distinct(f"{file.source} ({file.sha256[:12]})" for file in weights),
        "weight_sources": _distinct(file.source for file in weights),
        "sizes": _numbers(spec.size for spec in found),
        "optimizers": _distinct(_optimizer(asdict(spec.optimizer)) for spec in found),
    }


def _device(origin: dict[str, Any]) -> str:
    device = str(origin.get("device") or "")
    threads = origin.get("threads")
    if not (device and threads and origin.get("device_id") == "cpu"):
        return device
    return f"{device}, {threads} thread{'s' * (threads != 1)}"


def _versions(origin: dict[str, Any]) -> str:
    found = origin.get("versions")
    known = found if isinstance(found, dict) else {}
    return ", ".join(f"{name} {known[name]}" for name in ("nst", "torch") if known.get(name))


def _optimizer(settings: dict[str, Any]) -> str:
    """Format `lbfgs: clamp projected, history 100, lr 1`; options that are off or at defaults are left out."""
    if chosen := settings.get("preconditioner"):
        settings = {**settings, "preconditioner": f"{chosen['kind']} {labels.number(chosen['exponent'])}"}
    said = ", ".join(
        key if value is True else f"{key} {labels.value(key, value)}"
        for key, value in sorted(settings.items())
        if key != "name" and value not in (0, None) and (key, value) != ("history_dtype", "fp32")
    )
    return f"{settings['name']}: {said}" if said else str(settings["name"])


def _distinct(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values if value not in (None, "")))


def _numbers(values: Iterable[object]) -> tuple[str, ...]:
    known = {value for value in values if isinstance(value, int | float) and math.isfinite(value)}
    return tuple(labels.number(value) for value in sorted(known))
