"""How long runs will take, from earlier ones: seconds per unit of work on the same device in the same precision."""

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from statistics import median

from nst import networks
from nst.device import device_name
from nst.errors import UserError
from nst.pictures.load import full_image
from nst.pictures.resize import fitted_shape
from nst.spec.records import Spec
from nst.store.store import Store

SAMPLE = 50
"""The latest runs that are looked at."""


def work(spec: Spec) -> float:
    """Multiply-adds of the convolutions of a whole run, forward: pixels x channels in x out x 9, by evaluation."""
    architecture = networks.architecture(spec.network.name)
    depth = max(architecture.at(layer).number for layer in spec.layers)
    used = architecture.convolutions[:depth]
    return spec.steps * pixels(spec) * sum(9 * c.channels_in * c.channels_out / c.reduction**2 for c in used)


def pixels(spec: Spec) -> int:
    """Return the pixels of the picture that a run makes."""
    height, width = fitted_shape(*full_image(spec.pictures[spec.frame]).size, spec.size)
    return height * width


def estimate_seconds(store: Store, specs: Iterable[Spec]) -> float | None:
    """Return the seconds that `specs` will take; None if the store has no earlier run to go by.

    A run's set-up is taken as it was, its loop in proportion to its work.
    """
    rates = _rates(store)
    name = cache(device_name)
    total = 0.0
    for spec in specs:
        known = rates.get((name(spec.runtime.device), spec.precision))
        if not known:
            return None
        total += median(setup for setup, _ in known) + work(spec) * median(loop for _, loop in known)
    return total


def _rates(store: Store) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Seconds of set-up, and of the loop by unit of work, of the latest runs, by device and precision."""
    latest = sorted(store.runs(), key=lambda folder: folder.stat().st_mtime)[-SAMPLE:]
    rates: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for signature in (folder.name for folder in latest):
        metrics, origin, spec = store.metrics(signature), store.provenance(signature), store.spec(signature)
        if spec is None or metrics is None:
            continue
        with suppress(KeyError, TypeError, UserError):  # a foreign or moved run tells nothing
            row = metrics["seconds_setup"] + metrics["seconds_warmup"], metrics["seconds_loop"] / work(spec)
            rates.setdefault((origin["device"], origin["precision"]), []).append(row)
    return rates
