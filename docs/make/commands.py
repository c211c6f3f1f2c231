"""Generate the page on every command: its module's docstring, and its `--help`."""

import contextlib
import importlib
import inspect
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import nst
from docs.make.markdown import fence

PROGRAM = re.compile(r'^if __name__ == "__main__":', re.MULTILINE)
FIRST = ("nst", "nst.run")
WIDTH = 100
"""Width of a help text in characters."""
TOP = """# Commands

Written by `python -m docs.make` from the commands themselves. `nst NAME` is `python -m nst.NAME`. The keys of
`python -m nst.run` have [a page of their own](configuration.md).

In bash, `eval "$(nst -sc install=bash)"` (in `~/.bashrc`, to have it in every shell) completes commands, keys, their
choices and the names of sweeps; Hydra does it, in about a second."""


def page() -> str:
    return "\n\n".join([TOP, *(section(name) for name in names())]) + "\n"


def names() -> list[str]:
    """Return the modules that `python -m` can run: `nst` and `nst.run`, other `nst/x.py`, packages' `__main__.py`."""
    root = Path(nst.__file__).parent
    files = [path for path in (*root.glob("*.py"), *root.rglob("__main__.py")) if PROGRAM.search(path.read_text())]
    places = {path.parent if path.stem == "__main__" else path.with_suffix("") for path in files}
    found = {".".join(("nst", *path.relative_to(root).parts)) for path in places}
    return sorted(found, key=lambda name: (name not in FIRST, name))


def section(name: str) -> str:
    """Return the section on one command: its docstring, unless its help repeats that, and its help."""
    module = program(name)
    said, shown = inspect.getdoc(module) or "", help_of(module)
    blocks = [said, shown] if said.partition("\n")[0] not in shown else [shown]
    return "\n\n".join([f"## `python -m {name}`", *(fence(block) for block in blocks if block)])


def program(name: str) -> ModuleType:
    """Import the module that `python -m NAME` runs."""
    module = importlib.import_module(name)
    return importlib.import_module(f"{name}.__main__") if hasattr(module, "__path__") else module


def help_of(module: ModuleType) -> str:
    """Return what `--help` prints; empty for a command without options, and for Hydra's."""
    if not inspect.signature(module.main).parameters:
        return ""
    printed = io.StringIO()
    with _terminal(), contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        module.main(["--help"])
    return printed.getvalue()


@contextlib.contextmanager
def _terminal() -> Iterator[None]:
    """Make argparse see a terminal of `WIDTH` columns without colours."""
    before = dict(os.environ)
    os.environ.update(COLUMNS=str(WIDTH), NO_COLOR="1")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
