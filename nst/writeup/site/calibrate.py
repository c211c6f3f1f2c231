"""How fast this machine is, from a few evaluations of the runs to come: seconds by arithmetic, by pixel and by run."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from nst.spec.records import Scale, Spec
from nst.sweep.estimate import pixels, work

EVALUATIONS = 6
LARGEST = 256
"""The size that is measured at, pixels of the shorter side; smaller where the runs to come are smaller."""

Kind = tuple[str, str]
"""Device and precision."""


@dataclass(frozen=True)
class Speed:
    """Seconds a multiply-add of the convolutions (forward), a pixel of an evaluation, and a run beside its loop."""

    per_multiply: float
    per_pixel: float
    per_run: float

    def seconds(self, spec: Spec) -> float:
        """What a run will take."""
        return self.per_multiply * work(spec) + self.per_pixel * pixels(spec) * spec.steps + self.per_run


@dataclass(frozen=True)
class Sample:
    """What was timed: multiply-adds and pixels of one evaluation, its seconds, and those of the run beside its loop."""

    multiplies: float
    pixels: float
    seconds: float
    beside: float


def measure(specs: Iterable[Spec], time_run: Callable[[Spec], Sample] | None = None) -> dict[Kind, Speed]:
    """The speed for each device and precision among `specs`: of its deepest and its shallowest run, a few evaluations.

    L-BFGS has few pairs in its history by then, so that long runs take somewhat longer than their evaluations say.
    """
    kinds: dict[Kind, list[Spec]] = {}
    for spec in specs:
        kinds.setdefault(kind(spec), []).append(spec)
    timed = time_run or sample
    return {found: solve([timed(probe(spec)) for spec in _extremes(every)]) for found, every in kinds.items()}


def kind(spec: Spec) -> Kind:
    """What decides which speed holds for a run."""
    return spec.runtime.device, spec.precision


def probe(spec: Spec) -> Spec:
    """A few evaluations of a run, at no more than `LARGEST` pixels."""
    steps = min(EVALUATIONS, spec.steps)
    scale = Scale(min(spec.size, LARGEST), steps)
    return replace(spec, scales=(scale,), runtime=replace(spec.runtime, frames_every=0, checkpoint_every=0))


def sample(spec: Spec) -> Sample:
    """Run a probe and time it."""
    from nst.engine import transfer

    began = time.perf_counter()
    timings = transfer(spec).timings
    beside = time.perf_counter() - began - timings.seconds_loop
    return Sample(work(spec) / spec.steps, pixels(spec), timings.ms_per_evaluation_p50 / 1e3, max(0.0, beside))


def solve(samples: list[Sample]) -> Speed:
    """The two rates that explain a deep and a shallow sample; where they cannot, arithmetic explains the deeper alone.

    The last sample says what a run costs beside its loop: the first also pays for what a process does once.
    """
    deep, shallow = samples[0], samples[-1]
    determinant = deep.multiplies * shallow.pixels - shallow.multiplies * deep.pixels
    if determinant > 0:
        multiply = (deep.seconds * shallow.pixels - shallow.seconds * deep.pixels) / determinant
        pixel = (deep.multiplies * shallow.seconds - shallow.multiplies * deep.seconds) / determinant
        if multiply > 0 and pixel > 0:
            return Speed(multiply, pixel, shallow.beside)
    return Speed(deep.seconds / deep.multiplies, 0.0, shallow.beside)


def total(specs: Iterable[Spec], speeds: Mapping[Kind, Speed]) -> float:
    """Seconds that these runs will take, one after the other."""
    return sum(speeds[kind(spec)].seconds(spec) for spec in specs)


def _extremes(specs: list[Spec]) -> list[Spec]:
    """The deepest and the shallowest run, by arithmetic a pixel; the same one twice where all are alike."""
    ordered = sorted(specs, key=lambda spec: work(spec) / spec.steps / pixels(spec))
    return [ordered[-1], ordered[0]]
