"""Measure how fast this machine is from a few evaluations of the runs to come, if no earlier run tells."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nst.spec.records import Scale, Spec
from nst.sweep.summary import Kind, Speed, kind, work

EVALUATIONS = 6
LARGEST = 256
"""The size that is measured at, pixels of the shorter side; smaller if the runs to come are smaller."""


def measure(specs: Iterable[Spec], known: Mapping[Kind, Speed]) -> dict[Kind, Speed]:
    """Return the speeds of `specs`: those `known`, else from a few evaluations of the run with most work of its kind.

    L-BFGS has few pairs in its history by then, so long runs take somewhat longer.
    """
    largest: dict[Kind, Spec] = {}
    for spec in sorted(specs, key=work):
        largest[kind(spec)] = spec
    return {**known, **{key: time_run(probe(spec)) for key, spec in largest.items() if key not in known}}


def probe(spec: Spec) -> Spec:
    """Return a few evaluations of a run, at no more than `LARGEST` pixels."""
    scale = Scale(min(spec.size, LARGEST), min(EVALUATIONS, spec.steps))
    return replace(spec, scales=(scale,), runtime=replace(spec.runtime, frames_every=0, checkpoint_every=0))


def time_run(spec: Spec) -> Speed:
    """Run a spec twice and time the second: the first also pays for what a process does once."""
    from nst.engine import transfer

    transfer(spec)
    began = time.perf_counter()
    timings = transfer(spec).timings
    beside = time.perf_counter() - began - timings.seconds_loop
    return Speed(timings.ms_per_evaluation_p50 / 1e3 * spec.steps / work(spec), max(0.0, beside))
