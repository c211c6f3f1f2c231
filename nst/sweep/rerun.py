"""Decide whether a run is to be made, and by which name the store knows it."""

from nst.spec.check import check_choice
from nst.spec.records import Spec
from nst.spec.signature import signature
from nst.spec.version_2 import signature_version_2
from nst.store.store import Record, State, Store

RERUNS = ("missing", "failed", "all", "never")
DETERMINISTIC = frozenset({"Diverged", "UserError"})
"""Failures that would only happen again: not repeated unless asked for."""


def should_run(record: Record, rerun: str, attempts: int) -> bool:
    """Return whether `rerun` asks this call, which saw a run recorded `attempts` times when it began, to make it.

    A run that was recorded since then, here or by another process, is not made again, whatever clocks say.
    """
    check_choice("rerun", rerun, RERUNS)
    if rerun == "never":
        return False
    if record.is_missing:
        return True
    if record.attempt != attempts:
        return False
    is_failed, may_pass = record.state is not State.DONE and record.error is not None, record.error not in DETERMINISTIC
    return rerun == "all" or (is_failed and (rerun == "failed" or may_pass))


def run_name(store: Store, spec: Spec, rerun: str = "missing") -> str:
    """Return the name of a run's folder: its signature, or the one that an older version of the spec gave it.

    The older one counts if only it is recorded, and `rerun` does not ask for the run to be made again.
    """
    name, older = signature(spec), signature_version_2(spec)
    if older is None or store.attempt(name) > 0:
        return name
    record = store.record(older, probe=False)
    return older if record.attempt > 0 and not should_run(record, rerun, record.attempt) else name
