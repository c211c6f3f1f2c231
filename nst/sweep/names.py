"""Name a sweep's folder: its file's name and what was changed, or its swept keys and a hash."""

import hashlib
import re
from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from nst.errors import UserError
from nst.spec.signature import TIMED
from nst.store.files.names import OVERVIEW
from nst.terminal import printable

if TYPE_CHECKING:
    from nst.store.plan import Plan

ELSEWHERE = frozenset({
    "sweep", "name", "plan", "rerun", "fail_fast", "runs_dir", "picture_dirs", "output", "quality", "alpha",
    "overwrite", "threads", "device", "report", "measure",
})  # fmt: skip
"""Keys that change where or whether something runs, or how it is shown, not what: they never make another folder."""
DEFAULTS = frozenset({"profile=full", "pictures=builtin", "preset=writeup", "optimizer=lbfgs"})
LONGEST = 80
LONGEST_GIVEN = 200
"""Bytes; a lock's name has some more, and a file system takes 255."""
UNSIGNED_KEYS = frozenset({"deterministic", "frames_every", "checkpoint_every", "trace_every", "signed"})
"""Keys about how a run is made: runs that differ in these alone are one run."""


def sweep_name(sweep: str | None, overrides: Sequence[str], swept: Sequence[str], name: str | None = None) -> str:
    """Name a folder, whatever the order of the arguments: `content_layers-quick`, unnamed `content_layers-3f9a2c`.

    Other arguments make another name: where a readable one would leave something out, a hash follows.
    """
    if name is not None:
        return check_name(name)
    elsewhere = ELSEWHERE - ({*TIMED} & {*swept})
    told = {o for o in overrides if re.split("[.=]", o.lstrip("+~"))[0] not in elsewhere and o not in DEFAULTS}
    telling = sorted(told, key=lambda override: (not override.startswith(("profile=", "pictures=")), override))
    if sweep is not None:
        hidden = [override for override in telling if not _is_told_by_slug(override)]
        return _shorten("-".join([sweep, *map(_slug, telling), *([_hash(hidden)] if hidden else [])]))
    keys = "-".join(dict.fromkeys(key.split(".")[-1] for key in swept)) or "runs"
    return _shorten(f"{keys}-{_hash(telling)}")


def check_name(name: str) -> str:
    """Return a name that is safe as a folder."""
    if len(name.encode(errors="surrogateescape")) > LONGEST_GIVEN:
        raise UserError(f"name={name}: is longer than the {LONGEST_GIVEN} bytes allowed; it names a folder")
    if not re.fullmatch(r"[\w.+=-][\w .+=-]*", name) or name.strip(".") == "":
        raise UserError(f"name={name}: use letters, digits, '-', '_', '.' and '=' only; it names a folder")
    if name.startswith("-") or name.casefold() == OVERVIEW:
        why = "other commands would take it for an option" if name.startswith("-") else "the page of all sweeps has it"
        raise UserError(f"name={name}: choose another name; {why}")
    return name


def is_no_axis(key: str) -> bool:
    """Return whether a key's values do not make different runs."""
    return key.partition(".")[0] in ELSEWHERE - {"sweep", *TIMED} | UNSIGNED_KEYS


def check_swept(keys: Sequence[str]) -> None:
    """Refuse several values for a key that does not make different runs: only the first would count."""
    for key in filter(is_no_axis, keys):
        takes_list = key.partition(".")[0] in ("picture_dirs", "report", "signed")
        one = f"; a list is written as {key}=[a,b]" if takes_list else ""
        raise UserError(f"{key}: takes one value, for others would not make another run{one}")


def check_same(old: "Plan | None", new: "Plan", names: Set[str]) -> str | None:
    """Refuse a sweep under another sweep's name; return a line if it replaces a plan with which it shares no run.

    The same sweep with more values, or with other keys beside some of its runs, is the same sweep. `names`: those that
    its runs have or had in the store: the earlier plan may be older than this version, or than runs made again since.
    """
    if old is None or not names.isdisjoint(run.signature for run in old.runs):
        return None
    told = f"name={new.name}: was another sweep before ({printable(old.command)})"
    if old.sweep != new.sweep or not (set(old.varied) <= set(new.varied) or set(new.varied) <= set(old.varied)):
        raise UserError(f"{told}; choose another name, or remove its folder in sweeps/")
    return f"{told}; its plan and report are replaced, its runs stay in the store"


def _slug(override: str) -> str:
    key, _, value = override.partition("=")
    value = value.strip("'\"")
    text = value if key in ("profile", "pictures", "preset") else f"{key}={value}"
    return re.sub(r"[^\w.+=-]+", "_", text).strip("_")


def _is_told_by_slug(override: str) -> bool:
    """Return whether an override is whole in its slug; commas between numbers may be missing."""
    key, _, value = override.lstrip("+").partition("=")
    are_numbers = r"[\d.]+(,[\d.]+)+"
    return bool(re.fullmatch(r"[\w.]+", key) and re.fullmatch(rf"{are_numbers}|[\w.+=-]*[^\W_]", value.strip("'\"")))


def _shorten(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 7].rstrip('-_.')}-{_hash([name])}"


def _hash(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()[:6]
