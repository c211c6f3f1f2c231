"""Estimate how long runs take from how fast earlier ones were on the same device in the same precision."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from statistics import median
from typing import NamedTuple

from nst import networks
from nst.device import device_name
from nst.errors import UserError
from nst.pictures.load import fitted_shape, full_image
from nst.spec.records import Spec
from nst.store.store import Store

SAMPLE = 50
"""The latest runs that are looked at."""

Kind = tuple[str, str]
"""Device, as its maker calls it, and precision."""


class Speed(NamedTuple):
    """Seconds a unit of work, and a run beside its loop."""

    per_work: float
    per_run: float

    def seconds(self, spec: Spec) -> float:
        """Return the seconds that a run takes."""
        return self.per_run + work(spec) * self.per_work


def work(spec: Spec) -> float:
    """Return the multiply-adds of a run's convolutions, forward: pixels x channels in x out x 9, by evaluation."""
    architecture = networks.architecture(spec.network.name)
    depth = max(architecture.at(layer).number for layer in spec.layers)
    used = architecture.convolutions[:depth]
    height, width = fitted_shape(*full_image(spec.pictures[spec.frame]).size, spec.size)
    return spec.steps * height * width * sum(9 * c.channels_in * c.channels_out / c.reduction**2 for c in used)


def kind(spec: Spec) -> Kind:
    """Return what decides which speed holds for a run."""
    return device_name(spec.runtime.device), spec.precision


def estimate_seconds(specs: Iterable[Spec], speeds: Mapping[Kind, Speed]) -> float | None:
    """Return the seconds that runs take one after the other; None if the speed of any is not known."""
    found = [speed.seconds(spec) if (speed := speeds.get(kind(spec))) else None for spec in specs]
    return None if None in found else sum(filter(None, found))


def speeds(store: Store) -> dict[Kind, Speed]:
    """Return the speeds of the latest runs of a store, by device and precision: the medians of set-up and loop."""
    latest = sorted(store.runs(), key=lambda folder: folder.stat().st_mtime)[-SAMPLE:]
    found: dict[Kind, list[Speed]] = {}
    for signature in (folder.name for folder in latest):
        metrics, origin, spec = store.metrics(signature), store.provenance(signature), store.spec(signature)
        if spec is None or metrics is None:
            continue
        with suppress(KeyError, TypeError, UserError):  # a foreign or moved run tells nothing
            speed = Speed(metrics["seconds_loop"] / work(spec), metrics["seconds_setup"] + metrics["seconds_warmup"])
            found.setdefault((origin["device"], origin["precision"]), []).append(speed)
    return {key: Speed(*(median(part) for part in zip(*each, strict=True))) for key, each in found.items()}
