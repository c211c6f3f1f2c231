"""Decide whether to make a run, find its name in the store, and list settings that no longer change it."""

from collections.abc import Iterable

from nst.spec.check import check_choice
from nst.spec.records import Spec
from nst.spec.schema import Config
from nst.spec.signature import signature
from nst.spec.version_2 import signature_version_2
from nst.store.files.frames import has_frames
from nst.store.store import Record, State, Store

RERUNS = ("missing", "failed", "all", "never")
DETERMINISTIC = "Diverged"
"""The one failure that depends on the spec alone; others (a file, memory, a full disk, a lost GPU) may pass."""


def should_run(record: Record, rerun: str, attempts: int) -> bool:
    """Return whether `rerun` asks for a run that was recorded `attempts` times when this call began, and not since."""
    check_choice("rerun", rerun, RERUNS)
    if rerun == "never":
        return False
    if record.is_missing:
        return True
    if record.attempt != attempts:
        return False
    is_failed, may_pass = record.state is not State.DONE and record.error is not None, record.error != DETERMINISTIC
    return rerun == "all" or (is_failed and (rerun == "failed" or may_pass))


def run_name(store: Store, spec: Spec, rerun: str = "missing") -> str:
    """Return the name of a run's folder: its signature, or an older version's if only that is recorded and stays."""
    name, older = signature(spec), signature_version_2(spec)
    if older is None or store.attempt(name) > 0:
        return name
    record = store.record(older, probe=False)
    return older if record.attempt > 0 and not should_run(record, rerun, record.attempt) else name


def unheeded(store: Store, key: str, config: Config) -> list[str]:
    """Return the settings, such as `frames_every=5`, that are not signed and that a finished run was made without."""
    made, evaluations = store.provenance(key), (store.metrics(key) or {}).get("evaluations") or 0
    device = str(made.get("device_id") or config.device)
    is_without = {
        "frames_every": not has_frames(store.run(key), config.frames_every, evaluations),
        "checkpoint_every": config.checkpoint_every > 0,
        "trace_every": config.trace_every != "auto",
        "threads": config.threads not in ("auto", made.get("threads", config.threads)),
        "deterministic": config.deterministic and made.get("deterministic") is False,
        "device": config.device != "auto" and config.device.partition(":")[0] != device.partition(":")[0],
    }
    return [f"{name}={getattr(config, name)}" for name, is_true in is_without.items() if is_true]


def tell_unheeded(settings: Iterable[str]) -> list[str]:
    """Return a line that names such settings, if there are any."""
    given = ", ".join(dict.fromkeys(settings)).replace("True", "true")
    change = "change" if "," in given else "changes"
    return [f"{given} {change} nothing on runs that are done; rerun=all makes them again"] if given else []
