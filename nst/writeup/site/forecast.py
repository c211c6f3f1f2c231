"""Forecast what there is to do, sweep by sweep, and how long it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nst.spec.records import Spec
from nst.sweep.progress import clock
from nst.sweep.rerun import should_run
from nst.sweep.scheduler import Sweep, SweepRun, distinct
from nst.sweep.summary import Kind, Speed, kind

SECONDS_A_SWEEP = 7.0
"""The cost of a sweep beside its runs: a process, its plan and its report."""


@dataclass(frozen=True)
class Share:
    """The work that one sweep adds: its number of runs, and those that nothing before it has made."""

    sweep: str
    runs: int
    missing: tuple[Spec, ...]


def shares(sweeps: Sequence[Sweep]) -> tuple[Share, ...]:
    """Return the work of each sweep; a run that several share counts where it is met first."""
    seen: set[str] = set()
    found = []
    for sweep in sweeps:
        missing = [run for run in distinct(sweep) if run.planned.signature not in seen and is_missing(sweep, run)]
        seen |= {run.planned.signature for run in missing}
        name = sweep.plan.sweep or sweep.plan.name
        found.append(Share(name, len(sweep.plan.runs), tuple(run.composed.spec for run in missing)))
    return tuple(found)


def is_missing(sweep: Sweep, run: SweepRun) -> bool:
    """Return whether a run is to be made."""
    record = sweep.store.record(run.planned.signature, probe=False)
    return should_run(record, run.composed.config.rerun, record.attempt)


def seconds(share: Share, speeds: Mapping[Kind, Speed]) -> float:
    """Return how long a sweep takes; 0 if it has nothing to do."""
    return sum(speeds[kind(spec)].seconds(spec) for spec in share.missing) + SECONDS_A_SWEEP * bool(share.missing)


def table(found: Sequence[Share], speeds: Mapping[Kind, Speed]) -> str:
    """Format sweep, runs, runs to do and time, a line each, and the sums below."""
    times = [seconds(share, speeds) for share in found]
    rows = [("sweep", "runs", "to do", "about")]
    rows += [_row(share.sweep, share.runs, len(share.missing), time) for share, time in zip(found, times, strict=True)]
    rows += [_row("all", sum(s.runs for s in found), sum(len(s.missing) for s in found), sum(times))]
    width = max(len(row[0]) for row in rows)
    return "\n".join(f"{name:{width}}  {runs:>5}  {to_do:>5}  {about:>8}" for name, runs, to_do, about in rows)


def _row(name: str, runs: int, to_do: int, about: float) -> tuple[str, str, str, str]:
    return name, str(runs), str(to_do), clock(about) if to_do else "-"
