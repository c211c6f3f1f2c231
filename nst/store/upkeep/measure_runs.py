"""Measure runs of a store that are done, from their pictures and the inputs that the store has by hash."""

import hashlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from PIL.Image import Image

from nst.errors import JobError, is_out_of_memory
from nst.pictures.read import open_own
from nst.pictures.tensors import picture_hash
from nst.spec.records import Spec
from nst.store.files.names import IMAGE
from nst.store.measures import write_measures
from nst.store.store import Store


class CannotMeasure(JobError):
    """The reason why a run is not measured."""


def measure_missing(
    store: Store, runs: Iterable[tuple[str, str]], tell: Callable[[str], None], *, patches: bool = False
) -> int:
    """Measure those runs (signature, label) that are done and have no measures; `tell` of each in a line.

    Returns how many could not be measured.
    """
    due = {signature: label for signature, label in runs if is_unmeasured(store, signature, patches)}
    failed = 0
    for number, (signature, label) in enumerate(due.items(), 1):
        try:
            seconds = measure_stored(store, signature, patches=patches)
            tell(f"[{number}/{len(due)}] {label}  measured in {seconds:.1f} s")
        except JobError as error:
            failed += 1
            tell(f"[{number}/{len(due)}] {label}  not measured: {error}")
    return failed


def is_unmeasured(store: Store, signature: str, patches: bool = False) -> bool:
    """Return whether a run is done and lacks measures, or with `patches` those of patches."""
    if store.metrics(signature) is None:
        return False
    found = store.measures(signature)
    return found is None or (patches and "local_patterns" not in found)


def measure_stored(store: Store, signature: str, *, patches: bool = False) -> float:
    """Measure a run that is done and store that beside it; returns the seconds it took.

    Raises `CannotMeasure` if what it was made from is not in the store any more, or memory does not suffice.
    """
    from nst.metrics.of_run import measure_run  # with SciPy: runs begin without it

    began = time.perf_counter()
    folder, spec, metrics = store.run(signature), store.spec(signature), store.metrics(signature)
    if spec is None or metrics is None:
        raise CannotMeasure(f"{folder} does not say what it computed")
    pictures = _inputs(store, spec, metrics.get("inputs"))
    picture = folder / IMAGE
    image, digest = _opened(picture), hashlib.sha256(picture.read_bytes()).hexdigest()
    earlier = store.measures(signature) or {}
    try:
        values = measure_run(spec, image, pictures, patches=patches or "local_patterns" in earlier)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise CannotMeasure("memory ran out") from None
    seconds = time.perf_counter() - began
    write_measures(folder, digest, seconds, {name: values[name] for name in values if name not in metrics})
    return seconds


def _inputs(store: Store, spec: Spec, hashes: object) -> dict[str, Image]:
    """Return the pictures of a run as they entered, by name."""
    known = hashes if isinstance(hashes, dict) else {}
    found = {}
    for name in spec.pictures:
        if name == "init":
            continue
        if not isinstance(known.get(name), str):
            raise CannotMeasure(f"its {name} was not recorded")
        path = store.picture(Path(known[name]).name)
        found[name] = _opened(path)
        if picture_hash(found[name]) != known[name]:
            raise CannotMeasure(f"its {name}, {path}, is not the picture that it was made from")
    return found


def _opened(path: Path) -> Image:
    try:
        with open_own(path) as image:
            return image.convert("RGB")
    except FileNotFoundError:
        raise CannotMeasure(f"{path} is not there any more") from None
    except Exception:  # whatever a damaged file makes a decoder raise
        raise CannotMeasure(f"{path} cannot be read") from None
