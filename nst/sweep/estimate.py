"""How long runs will take, from earlier ones: seconds per unit of work on the same device in the same precision."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from statistics import median

import yaml

from nst import networks
from nst.device import device_name
from nst.pictures.load import full_image
from nst.pictures.resize import fitted_shape
from nst.spec.read import from_dict
from nst.spec.records import Spec
from nst.store.atomic import read_json
from nst.store.store import METRICS, Store

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
    """Seconds that `specs` will take; None where the store has no earlier run to go by."""
    rates = _rates(store)
    name = cache(device_name)
    total = 0.0
    for spec in specs:
        known = rates.get((name(spec.runtime.device), spec.precision))
        if not known:
            return None
        total += work(spec) * median(known)
    return total


def _rates(store: Store) -> dict[tuple[str, str], list[float]]:
    found = sorted(store.root.glob(f"jobs/*/{METRICS}"), key=lambda path: path.stat().st_mtime)
    rates: dict[tuple[str, str], list[float]] = {}
    for path in found[-SAMPLE:]:
        row = _rate(path.parent)
        if row is not None:
            rates.setdefault(row[0], []).append(row[1])
    return rates


def _rate(folder: Path) -> tuple[tuple[str, str], float] | None:
    """Device, precision and seconds per unit of work of one finished run; None where anything is missing."""
    metrics, origin = read_json(folder / METRICS), read_json(folder / "provenance.json")
    try:
        spec = from_dict(yaml.safe_load((folder / "spec.yaml").read_text(encoding="utf-8")))
        assert metrics is not None and origin is not None
        seconds = metrics["seconds_setup"] + metrics["seconds_warmup"] + metrics["seconds_loop"]
        return (origin["device"], origin["precision"]), seconds / work(spec)
    except Exception:  # a foreign, older or moved run tells nothing
        return None
