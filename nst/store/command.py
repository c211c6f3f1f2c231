"""The commands of a sweep and of each of its runs, as lines for a shell."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from nst.spec.signature import TIMED
from nst.store.plan import Plan, PlannedRun
from nst.store.styles import with_stand_in
from nst.typed_values import quoted

_PROGRAM = ["python", "-m", "nst.run"]
_PROGRAMS = ("run.py", "__main__.py", "nst", "nst.run")
"""Names under which a process that made a run may know itself."""
_MODES = frozenset({"-m", "--multirun"})
_NOT_THE_RUN = frozenset({
    "name", "plan", "rerun", "fail_fast", "output", "quality", "alpha", "overwrite", "hydra/launcher",
})  # fmt: skip
"""Keys of how a sweep is run or named, not of a run in it; with the sweep's name, a command would replace its plan."""
_NEEDLESS = re.compile(r"(?<=[=\[,])'(?!(?i:null|true|false|inf|nan)')([A-Za-z_./~][\w./~-]*)'(?=[\],]|$)", re.ASCII)
"""Hydra's quotes around text that parses the same without them."""
_IN_MEMORY = re.compile(r"/nst/pictures/[0-9a-f]{16}\.ppm")
"""A file of the user's cache that holds a picture given from Python."""
FROM_PYTHON = "# has a picture in memory: only the Python program that made it makes it again"
"""Stands for a command; a shell takes it for a comment."""


def command(run: PlannedRun, plan: Plan) -> str:
    """Return a line for a shell that makes a run of a sweep again, under the same name.

    It pins what a machine or another version may decide otherwise: the precision, and pictures that stand for others;
    and it says so if threads or devices are signed.
    """
    try:
        swept_by = shlex.split(plan.command)
    except ValueError:  # a plan that was written by hand
        swept_by = []
    swept = {_key(override) for override in run.overrides}
    own = swept_by[len(_PROGRAM) :] if swept_by[: len(_PROGRAM)] == _PROGRAM else []
    words = [word for word in own if word not in _MODES and not _is_dropped(word, swept)] + [*run.overrides]
    keys = set(map(_key, words))
    if run.precision is not None and "precision" not in keys:
        words.append(f"precision={run.precision}")
    signed = [key for key in TIMED if key in (*plan.varied, *swept)]
    if signed and "signed" not in keys:
        words.append(f"signed={signed[0]}" if len(signed) == 1 else f"signed=[{','.join(signed)}]")
    shown = [str(value) for value in {**plan.constants, **run.values}.values()]
    for name, meant in plan.stand_ins.items():
        if f"pictures.{name}" not in keys and any(with_stand_in(name, meant) in value for value in shown):
            words.append(f"pictures.{name}={quoted(meant)}")
    return typed([*_PROGRAM, *words])


def made_by(argv: Sequence[str], precision: str | None) -> str | None:
    """Return the line for a shell that made a single run, from its `provenance.json`; None for a run of a sweep."""
    words = list(argv[1:])
    keys = set(map(_key, words))
    is_single = not (_MODES & set(words) or "sweep" in keys) and all(
        word.startswith("-") or "=" in word for word in words
    )
    if not is_single or Path(argv[0] if argv else "").name not in _PROGRAMS:
        return None
    kept = [word for word in words if not _is_dropped(word, set())]
    return typed([*_PROGRAM, *kept, *([f"precision={precision}"] if precision and "precision" not in keys else [])])


def typed(words: Sequence[str]) -> str:
    """Quote words for a shell, as one would type them: without Hydra's quotes if a value parses the same."""
    line = " ".join(_for_shell(_NEEDLESS.sub(r"\1", word)) for word in words)
    return FROM_PYTHON if _IN_MEMORY.search(line) else line


def retyped(command: str) -> str:
    """Requote a command readably; its words stay the same."""
    try:
        return typed(shlex.split(command))
    except ValueError:
        return command


def _for_shell(word: str) -> str:
    return f'"{word}"' if "'" in word and not set(word) & set('"$`\\!') else shlex.quote(word)


def _is_dropped(word: str, swept: set[str]) -> bool:
    key = _key(word) if "=" in word else ""
    return word == "precision=auto" or key in swept | _NOT_THE_RUN or key.startswith("hydra.launcher")


def _key(word: str) -> str:
    return word.lstrip("+~").partition("=")[0]
