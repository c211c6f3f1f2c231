"""Summarise a sweep before its first run: the state of its runs, the time left, and pictures that are enlarged."""

import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import NamedTuple

from nst import colours, losses, networks
from nst.errors import UserError
from nst.hardware.device import device_name
from nst.pictures.find import Picture, PictureFile
from nst.pictures.formats.frames import frames_remark
from nst.pictures.load import full_image, scaled_size
from nst.spec.masks import mask_remarks
from nst.spec.records import Adam, Spec
from nst.spec.sizes.shapes import entering_shape, result_shape
from nst.store.measures import seconds_measuring
from nst.store.plan import with_attempts
from nst.store.store import Record, State, Store
from nst.sweep.progress import clock
from nst.sweep.rerun import tell_unheeded, unheeded
from nst.sweep.scheduler import Sweep, distinct

SAMPLE = 50
"""The number of latest runs from which speeds are taken."""

SECONDS_PER_PIXEL = 4e-5
"""Of measuring a result, while no run of the store says how long that takes."""

Kind = tuple[str, ...]
"""The device's name, the precision, and the losses whose own time counts."""


class Speed(NamedTuple):
    """Seconds per unit of work, per run outside its loop, and per pixel of a measured result."""

    per_work: float
    per_run: float
    per_measured_pixel: float = SECONDS_PER_PIXEL

    def seconds(self, spec: Spec) -> float:
        measuring = 0.0 if spec.runtime.measure is None else pixels(spec) * self.per_measured_pixel
        return self.per_run + work(spec) * self.per_work + measuring


def work(spec: Spec) -> float:
    """Return the multiply-adds of a run's convolutions, forward: pixels x channels in x out x 9, by evaluation."""
    architecture = networks.architecture(spec.network.name)
    depth = max(architecture.at(layer).number for layer in spec.layers)
    used = architecture.convolutions[:depth]
    seen = sum(scale.steps * math.prod(result_shape(spec.at(n))) for n, scale in enumerate(spec.scales))
    return seen * sum(9 * c.channels_in * c.channels_out / c.reduction**2 for c in used)


def pixels(spec: Spec) -> int:
    """Return the pixels of a run's result."""
    return math.prod(result_shape(spec))


def kind(spec: Spec) -> Kind:
    """Return what decides a run's speed beside its work."""
    return device_name(spec.runtime.device), spec.precision, *slow_losses(spec)


def slow_losses(spec: Spec) -> list[str]:
    """Return the losses that sort or search whole features: beside them, the convolutions may take little time."""
    return sorted({term.loss for term in spec.terms if losses.find(term.loss).kind == "whole"})


def estimate_seconds(specs: Iterable[Spec], speeds: Mapping[Kind, Speed]) -> float | None:
    """Return the seconds that runs take one after the other; None if the speed of any is not known.

    A run whose slow losses were never timed counts like others of its device and precision: it may take longer.
    """
    found = [speed.seconds(spec) if (speed := _speed(spec, speeds)) else None for spec in specs]
    return None if None in found else sum(filter(None, found))


def _speed(spec: Spec, speeds: Mapping[Kind, Speed]) -> Speed | None:
    exact = kind(spec)
    alike = sorted((key for key in speeds if key[:2] == exact[:2]), key=lambda key: (key != exact, len(key), key))
    return speeds[alike[0]] if alike else None


def speeds(store: Store) -> dict[Kind, Speed]:
    """Return the speeds of the latest runs of a store, by their kind: the medians of set-up and loop."""
    latest = sorted(store.runs(), key=_written)[-SAMPLE:]
    found: dict[Kind, list[Speed]] = {}
    measured: list[float] = []
    for signature in (folder.name for folder in latest):
        metrics, origin, spec = store.metrics(signature), store.provenance(signature), store.spec(signature)
        if spec is None or metrics is None:
            continue
        with suppress(KeyError, TypeError, UserError):  # a foreign or moved run tells nothing
            speed = Speed(metrics["seconds_loop"] / work(spec), metrics["seconds_setup"] + metrics["seconds_warmup"])
            found.setdefault((origin["device"], origin["precision"], *slow_losses(spec)), []).append(speed)
            measured += [seconds / pixels(spec)] if (seconds := seconds_measuring(store.run(signature))) else []
    measuring = median(measured) if measured else SECONDS_PER_PIXEL
    medians = {key: [median(part) for part in zip(*each, strict=True)] for key, each in found.items()}
    return {key: Speed(per_work, per_run, measuring) for key, (per_work, per_run, _) in medians.items()}


def _written(folder: Path) -> float:
    """Return when a run's folder was last written; 0 if another process has just moved it away."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def announce(sweep: Sweep) -> Sweep:
    """Print the state of a sweep, and return it with that state in its plan. Every run's files are read once."""
    stand = [(run, sweep.store.record(run.planned.signature)) for run in distinct(sweep)]
    records = {run.planned.signature: record for run, record in stand}
    free = [run for run, record in stand if run.is_due(record) and record.state is not State.RUNNING]
    about = _about([run.composed.spec for run in free], sweep.store)
    words = summary(sweep, records, len(free), about)
    notes = dict.fromkeys(line for run in free for line in remarks(run.composed.spec))
    done = [run for run, record in stand if record.state is State.DONE and not run.is_due(record)]
    given = [word for run in done for word in unheeded(sweep.store, run.planned.signature, run.composed.config)]
    told = tell_unheeded(word for word in given if not free or not word.startswith("checkpoint_every"))
    lines: list[str] = []
    if sweep.composed[0].config.plan:
        lines += [f"  {records[run.signature].state:8} {run.signature}  {run.label}" for run in sweep.plan.runs]
        lines += ["no earlier runs to estimate the time from"] if free and not about else []
    print("\n".join([f"{sweep.plan.name}: {words}", *lines, *notes, *told]), file=sys.stderr, flush=True)
    return replace(sweep, plan=with_attempts(sweep.plan, records, words))


def _about(specs: Sequence[Spec], store: Store) -> str | None:
    """Return about how long runs take: `about 2:10`, `about 2:10, longer with patches`; None if that is not known."""
    known = speeds(store) if specs else {}
    seconds = estimate_seconds(specs, known)
    untimed = sorted({name for spec in specs if kind(spec) not in known for name in slow_losses(spec)})
    longer = f", longer with {' and '.join(untimed)}" if untimed else ""
    return f"about {clock(seconds)}{longer}" if seconds else None


def summary(sweep: Sweep, records: Mapping[str, Record], free: int, about: str | None) -> str:
    """Summarise a sweep: `4 runs, 1 done, 3 to do, about 2:10`."""
    states = [records[run.signature].state for run in sweep.plan.runs]
    parts = [f"{len(states)} run{'s' * (len(states) != 1)}"]
    parts += [f"{len(records)} distinct"] if len(records) < len(states) else []
    parts += [f"{states.count(state)} {state}" for state in (State.DONE, State.FAILED) if state in states]
    elsewhere = states.count(State.RUNNING)
    parts += [f"{elsewhere} running elsewhere"] if elsewhere else []
    parts += [f"{free} to do"] if free else [] if elsewhere else ["nothing to do"]
    parts += [about] if about else []
    return ", ".join(parts)


def remarks(spec: Spec) -> list[str]:
    """Return lines on pictures of which a part is read, that are enlarged or kept smaller, and on useless settings."""
    scales = {name: target.scale for name, target in spec.targets.items()}
    named = {name: picture for name, picture in spec.pictures.items() if name != "init"}
    lines = [line for name, picture in named.items() for line in _remarks(spec, name, picture, scales.get(name))]
    counted = [f"{key}: {said}" for key, file in _files(spec) if (said := frames_remark(file))]
    return [*counted, *lines, *mask_remarks(spec), *colours.remarks(spec), *_unused_average(spec)]


def _files(spec: Spec) -> Iterator[tuple[str, PictureFile]]:
    """Yield the picture files of a run, those of a blend included, by key."""
    for key, picture in spec.pictures.items():
        parts = (picture,) if isinstance(picture, PictureFile) else (picture.source, picture.mask, picture.target)
        yield from ((key, part) for part in parts if part is not None)


def _remarks(spec: Spec, key: str, reference: Picture, scale: float | None) -> Iterator[str]:
    size, (width, height) = spec.size, full_image(reference).size
    side, shorter = scaled_size(size, scale, width, height), min(entering_shape(spec, key))
    title = Path(reference.path).name if isinstance(reference, PictureFile) else "the blend"
    if scale is not None and side < round(size * scale):
        wanted = f"scale {scale:g} at size={size} asks for {round(size * scale)}"
        yield f"{key}: {title} is {width} x {height}; {wanted}, its shorter side stays {side}"
    if shorter < side:
        yield f"{key}: {width} x {height} is a panorama; its shorter side is {shorter}, not {side}"
    elif min(width, height) < side:
        yield f"{key}: {title} is {width} x {height}; enlarged to {'size=' if side == size else ''}{side}"


def _unused_average(spec: Spec) -> list[str]:
    average = spec.optimizer.average if isinstance(spec.optimizer, Adam) else None
    if average is None or spec.keep == "average":
        return []
    return [
        f"optimizer.average={average:g}: is not used with keep={spec.keep}; keep=average makes it the final picture"
    ]
