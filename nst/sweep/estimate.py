"""How long runs will take, from earlier ones: seconds per unit of work on the same device in the same precision."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from statistics import median

import yaml

from nst.device import device_name
from nst.networks.base.architecture import CONVOLUTIONS
from nst.pictures.load import full_image
from nst.pictures.resize import fitted_shape
from nst.spec.layers import layer_number
from nst.spec.signature import Spec, from_dict
from nst.store.atomic import read_json
from nst.store.store import METRICS, Store

SAMPLE = 50
"""The latest runs that are looked at."""


def work(spec: Spec) -> float:
    """Multiply-adds of the convolutions of a whole run, forward: pixels x channels in x out x 9, by evaluation."""
    frame = spec.content or spec.style
    assert frame is not None
    height, width = fitted_shape(*full_image(frame).size, spec.size)
    deepest = max(layer_number(layer) for layer in spec.content_layers + spec.style_layers)
    used = CONVOLUTIONS[:deepest]
    return spec.steps * height * width * sum(9 * c.channels_in * c.channels_out / c.reduction**2 for c in used)


def estimate_seconds(store: Store, specs: Iterable[Spec]) -> float | None:
    """Seconds that `specs` will take; None where the store has no earlier run to go by."""
    rates = _rates(store)
    name = cache(device_name)
    total = 0.0
    for spec in specs:
        known = rates.get((name(spec.device), spec.precision))
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
