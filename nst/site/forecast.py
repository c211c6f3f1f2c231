"""Forecast the remaining work of each sweep, and its duration at this machine's speed."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nst.spec.records import Scale, Spec
from nst.sweep.progress import clock
from nst.sweep.rerun import should_run
from nst.sweep.scheduler import Sweep, SweepRun, distinct
from nst.sweep.summary import Kind, Speed, kind, work

SECONDS_A_SWEEP = 7.0
"""Seconds that a sweep takes beside its runs: its process, plan and report."""
EVALUATIONS = 6
"""Evaluations of the runs that are timed if no earlier run tells the speed."""
LARGEST = 256
"""Size of the timed runs, in pixels of the shorter side; smaller if the remaining runs are smaller."""


@dataclass(frozen=True)
class Share:
    """The work that one sweep adds: its number of runs, and those that no earlier sweep makes."""

    sweep: str
    runs: int
    missing: tuple[Spec, ...]


def shares(sweeps: Sequence[Sweep]) -> tuple[Share, ...]:
    """Return the work of each sweep; a run shared by several counts for the first of them."""
    seen: set[str] = set()
    found = []
    for sweep in sweeps:
        missing = [run for run in distinct(sweep) if run.planned.signature not in seen and is_missing(sweep, run)]
        seen |= {run.planned.signature for run in missing}
        name = sweep.plan.sweep or sweep.plan.name
        found.append(Share(name, len(sweep.plan.runs), tuple(run.composed.spec for run in missing)))
    return tuple(found)


def is_missing(sweep: Sweep, run: SweepRun) -> bool:
    """Return whether a run still has to be made."""
    record = sweep.store.record(run.planned.signature, probe=False)
    return should_run(record, run.composed.config.rerun, record.attempt)


def measure(specs: Iterable[Spec], known: Mapping[Kind, Speed]) -> dict[Kind, Speed]:
    """Return the speeds of `specs`: those `known`, else measured on a few evaluations of the largest run of its kind.

    L-BFGS has few pairs in its history by then, so long runs take somewhat longer.
    """
    largest = {kind(spec): spec for spec in sorted(specs, key=work)}
    return {**known, **{key: time_run(probe(spec)) for key, spec in largest.items() if key not in known}}


def probe(spec: Spec) -> Spec:
    """Return a few evaluations of a run, at no more than `LARGEST` pixels."""
    scale = Scale(min(spec.size, LARGEST), min(EVALUATIONS, spec.steps))
    return replace(spec, scales=(scale,), runtime=replace(spec.runtime, frames_every=0, checkpoint_every=0))


def time_run(spec: Spec) -> Speed:
    """Run a spec twice and time the second: the first includes one-time costs of the process."""
    from nst.engine import transfer

    transfer(spec)
    began = time.perf_counter()
    timings = transfer(spec).timings
    beside = time.perf_counter() - began - timings.seconds_loop
    return Speed(timings.ms_per_evaluation_p50 / 1e3 * spec.steps / work(spec), max(0.0, beside))


def seconds(share: Share, speeds: Mapping[Kind, Speed]) -> float:
    """Return how long a sweep takes; 0 if it has nothing to do."""
    return sum(speeds[kind(spec)].seconds(spec) for spec in share.missing) + SECONDS_A_SWEEP * bool(share.missing)


def table(found: Sequence[Share], speeds: Mapping[Kind, Speed]) -> str:
    """Format one line per sweep with runs, runs to do and time, and the totals below."""
    counted = [(share.sweep, share.runs, len(share.missing), seconds(share, speeds)) for share in found]
    counted.append(("all", *(sum(column) for column in list(zip(*counted, strict=True))[1:])))
    rows = [("sweep", "runs", "to do", "about")]
    rows += [(name, str(runs), str(to_do), clock(about) if to_do else "-") for name, runs, to_do, about in counted]
    width = max(len(name) for name, *_ in rows)
    return "\n".join(f"{name:{width}}  {runs:>5}  {to_do:>5}  {about:>8}" for name, runs, to_do, about in rows)
