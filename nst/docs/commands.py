"""The page on every command: what its module says, and its `--help`."""

import contextlib
import importlib
import inspect
import io
import os
import re
from pathlib import Path
from types import ModuleType
from unittest import mock

import nst
from nst.docs.markdown import fence

PROGRAM = re.compile(r'^if __name__ == "__main__":', re.MULTILINE)
WIDTH = 100
"""Columns of a help text."""
TOP = """# Commands

Written by `python -m nst.docs` from the commands themselves. The keys of `python -m nst.run` have
[a page of their own](configuration.md)."""


def page() -> str:
    """`docs/commands.md`."""
    return "\n\n".join([TOP, *(section(name) for name in names())]) + "\n"


def names() -> list[str]:
    """Modules that `python -m` can run: `nst/x.py` and `nst/x/`, those a user meets first in front."""
    root = Path(nst.__file__).parent
    files = [*root.glob("*.py"), *root.glob("*/__main__.py")]
    found = {path.stem if path.parent == root else path.parent.name for path in files if PROGRAM.search(path.read_text())}
    return sorted((f"nst.{name}" for name in found), key=lambda name: (name != "nst.run", name == "nst.docs", name))


def section(name: str) -> str:
    """One command."""
    module = program(name)
    said = [f"## `python -m {name}`", fence(inspect.getdoc(module) or "")]
    shown = help_of(module)
    return "\n\n".join([*said, fence(shown)] if shown else said)


def program(name: str) -> ModuleType:
    """The module that `python -m NAME` runs."""
    module = importlib.import_module(name)
    return importlib.import_module(f"{name}.__main__") if hasattr(module, "__path__") else module


def help_of(module: ModuleType) -> str:
    """What `--help` prints; nothing for a command without options, and for Hydra's."""
    if not inspect.signature(module.main).parameters:
        return ""
    printed = io.StringIO()
    environment = mock.patch.dict(os.environ, {"COLUMNS": str(WIDTH), "NO_COLOR": "1"})
    with environment, contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        module.main(["--help"])
    return printed.getvalue()
