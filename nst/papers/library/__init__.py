"""The papers, a module each, which has a `PAPER`."""

from importlib import import_module
from pkgutil import iter_modules

from nst.papers.paper import Paper


def papers() -> tuple[Paper, ...]:
    """Return every paper, the oldest first."""
    found = [import_module(f"{__name__}.{module.name}").PAPER for module in iter_modules(__path__)]
    return tuple(sorted(found, key=lambda paper: (paper.year, paper.name)))
