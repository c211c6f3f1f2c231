"""Tell apart pictures of one name in a sweep, as of `a.jpg` and `a.png`, or of two folders."""

from collections.abc import Callable, Sequence
from pathlib import Path

from nst.store.plan import Value
from nst.sweep.hydra.compose import ComposedRun


def tell_apart(runs: Sequence[ComposedRun], values: Sequence[dict[str, Value]]) -> None:
    """Replace a name that stands for several pictures by file names, or by the paths given if those are alike, too."""
    for key in ("content", "style", "init"):
        rows = [(run, row) for run, row in zip(runs, values, strict=True) if _given(run, key) and row.get(key)]
        for name in dict.fromkeys(row[key] for _, row in rows):
            alike = [(run, row) for run, row in rows if row[key] == name]
            if len({run.spec.pictures[key] for run, _ in alike}) > 1:
                said = _distinct({_given(run, key) for run, _ in alike})
                for run, row in alike:
                    row[key] = said(_given(run, key))


def _given(run: ComposedRun, key: str) -> str:
    """Return the path or name of a picture; "" for a blend, several styles, and what plays no part."""
    name = getattr(run.config, key)
    is_one = isinstance(name, str) and key in run.spec.pictures and not (key == "content" and run.config.blend.source)
    return run.config.pictures.get(name, name) if is_one else ""


def _distinct(paths: set[str]) -> Callable[[str], str]:
    names = {Path(path).name for path in paths}
    return (lambda path: Path(path).name) if len(names) == len(paths) else str
