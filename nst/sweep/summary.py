"""Summarise a sweep before its first run: how its runs stand, how long the rest takes, and what is enlarged."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from nst.pictures.load import full_image
from nst.pictures.references import Picture, PictureFile
from nst.pictures.resize import fitted_shape
from nst.spec.records import Spec
from nst.store.plan import with_attempts
from nst.store.store import Record, State
from nst.sweep.estimate import estimate_seconds, speeds
from nst.sweep.progress import clock
from nst.sweep.rerun import tell_unheeded, unheeded
from nst.sweep.scheduler import Sweep, distinct


def announce(sweep: Sweep) -> Sweep:
    """Print how a sweep stands; returns it with that in its plan. Every run's files are looked at once."""
    every = distinct(sweep)
    records = {run.planned.signature: sweep.store.record(run.planned.signature) for run in every}
    stand = [(run, records[run.planned.signature]) for run in every]
    free = [run for run, record in stand if run.is_due(record) and record.state is not State.RUNNING]
    seconds = estimate_seconds([run.composed.spec for run in free], speeds(sweep.store)) if free else None
    words = summary(sweep, records, len(free), seconds)
    notes = dict.fromkeys(line for run in free for line in remarks(run.composed.spec))
    done = [run for run, record in stand if record.state is State.DONE and not run.is_due(record)]
    given = [word for run in done for word in unheeded(sweep.store, run.planned.signature, run.composed.config)]
    told = tell_unheeded(word for word in given if not free or not word.startswith("checkpoint_every"))
    lines: list[str] = []
    if sweep.composed[0].config.plan:
        lines += [f"  {records[run.signature].state:8} {run.signature}  {run.label}" for run in sweep.plan.runs]
        lines += ["no earlier runs to estimate the time from"] if free and not seconds else []
    print("\n".join([f"{sweep.plan.name}: {words}", *lines, *notes, *told]), file=sys.stderr, flush=True)
    return replace(sweep, plan=with_attempts(sweep.plan, records, words))


def summary(sweep: Sweep, records: Mapping[str, Record], free: int, seconds: float | None) -> str:
    """Summarise a sweep: `4 runs, 1 done, 3 to do, about 2:10`."""
    states = [records[run.signature].state for run in sweep.plan.runs]
    parts = [f"{len(states)} run{'s' * (len(states) != 1)}"]
    parts += [f"{len(records)} distinct"] if len(records) < len(states) else []
    parts += [f"{states.count(state)} {state}" for state in (State.DONE, State.FAILED) if state in states]
    elsewhere = states.count(State.RUNNING)
    parts += [f"{elsewhere} running elsewhere"] if elsewhere else []
    parts += [f"{free} to do"] if free else [] if elsewhere else ["nothing to do"]
    parts += [f"about {clock(seconds)}"] if seconds else []
    return ", ".join(parts)


def remarks(spec: Spec) -> list[str]:
    """Return lines that say which pictures are enlarged to `size`, or, as panoramas, kept smaller."""
    lines = []
    for key, reference in spec.pictures.items():
        if key != "init":
            width, height = full_image(reference).size
            shorter = min(fitted_shape(width, height, spec.size))
            if shorter < spec.size:
                lines.append(f"{key}: {width} x {height} is a panorama; its shorter side is {shorter}, not {spec.size}")
            elif min(width, height) < spec.size:
                lines.append(f"{key}: {_title(reference)} is {width} x {height}; enlarged to size={spec.size}")
    return lines


def _title(reference: Picture) -> str:
    return Path(reference.path).name if isinstance(reference, PictureFile) else "the blend"
