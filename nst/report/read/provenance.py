"""Collect where, when and with what the runs of a sweep were made: each fact once, with all its values."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from nst.store.plan import Plan, plain
from nst.store.store import Store

_SAID = ("device", "host", "threads", "precision", "workers")


def facts(plan: Plan, store: Store) -> dict[str, str]:
    """Return facts by name, in words; a fact that differs between runs lists its values. Unknown ones are left out."""
    found = [store.provenance(run.signature) for run in plan.runs]
    said = {name: _values(source.get(name) for source in found) for name in _SAID}
    said["git"] = _values(_commit(source.get("git")) for source in found)
    versions = [source["versions"] for source in found if isinstance(source.get("versions"), dict)]
    said["versions"] = _values(", ".join(f"{name} {number}" for name, number in each.items()) for each in versions)
    said["ran"] = _span(found)
    return {name: text for name, text in said.items() if text}


def _values(values: Any) -> str:
    return "; ".join(dict.fromkeys(_text(value) for value in values if value not in (None, "")))


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(part)}" for key, part in value.items() if part is not None)
    return json.dumps(value) if isinstance(value, bool) else str(plain(value))


def _commit(git: object) -> str:
    """Return `3905383b1c2d`, and whether the code had been changed since."""
    found = git if isinstance(git, dict) else {}
    commit = found.get("commit")
    return commit[:12] + ", changed" * bool(found.get("dirty")) if isinstance(commit, str) else ""


def _span(found: Sequence[Mapping[str, Any]]) -> str:
    """Return when the first run began and the last one ended, to the minute; the date once if it is the same."""
    keys = ("started_utc", "ended_utc")
    starts, ends = ([str(source[key])[:16].replace("T", " ") for source in found if source.get(key)] for key in keys)
    if not starts or not ends:
        return ""
    start, end = min(starts), max(ends)
    return f"{start} to {end[11:] if end[:10] == start[:10] else end} UTC"
