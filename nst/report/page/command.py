"""The command that makes one run of a sweep again: the sweep's own, with what was swept set to this run's values."""

import re
import shlex
from collections.abc import Sequence

from nst.store.plan import Plan, PlannedRun

_PROGRAM = ["python", "-m", "nst.run"]
_MODES = frozenset({"-m", "--multirun"})
_NOT_THE_RUN = frozenset({"name", "plan", "rerun", "fail_fast", "output", "hydra/launcher"})
"""Keys that say how a sweep is made or called, not what a run of it is; a sweep's name would replace its plan."""

_NEEDLESS = re.compile(r"(?<=[=\[,])'([A-Za-z_./~][\w./~-]*)'(?=[\],]|$)")
_WORDS_OF_YAML = frozenset({"null", "true", "false", "inf", "nan"})


def command(run: PlannedRun, plan: Plan) -> str:
    """Return a line for a shell. It pins the precision, which each machine would decide for itself."""
    try:
        swept_by = shlex.split(plan.command)
    except ValueError:  # a plan that was written by hand
        swept_by = []
    swept = {_key(override) for override in run.overrides}
    own = swept_by[len(_PROGRAM) :] if swept_by[: len(_PROGRAM)] == _PROGRAM else []
    words = [word for word in own if word not in _MODES and not _is_dropped(word, swept)] + [*run.overrides]
    if run.precision is not None and "precision" not in map(_key, words):
        words.append(f"precision={run.precision}")
    return typed([*_PROGRAM, *words])


def typed(words: Sequence[str]) -> str:
    """Quote words as one types them in a shell: without Hydra's quotes if a value reads the same without them."""
    return " ".join(_quoted(_NEEDLESS.sub(_bare, word)) for word in words)


def retyped(command: str) -> str:
    """Quote a command readably, with the same words."""
    try:
        return typed(shlex.split(command))
    except ValueError:
        return command


def _bare(quoted: re.Match[str]) -> str:
    return quoted[0] if quoted[1].lower() in _WORDS_OF_YAML else quoted[1]


def _quoted(word: str) -> str:
    return f'"{word}"' if "'" in word and not set(word) & set('"$`\\!') else shlex.quote(word)


def _is_dropped(word: str, swept: set[str]) -> bool:
    key = _key(word) if "=" in word else ""
    return word == "precision=auto" or key in swept | _NOT_THE_RUN or key.startswith("hydra.launcher")


def _key(word: str) -> str:
    return word.lstrip("+~").partition("=")[0]
