"""Find the modules of a package by name, without importing them: a loss or a network is one file."""

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from nst.errors import UserError, did_you_mean


@dataclass
class Plugins:
    """The modules of `package`, those in entry points of its group, and those added.

    `key` is the configuration key that chooses one, for messages. Packages inside `package` are not plugins.
    """

    package: str
    key: str
    added: dict[str, object] = field(default_factory=dict)

    @cached_property
    def modules(self) -> Mapping[str, str]:
        """Module paths by name."""
        found = find_spec(self.package)
        folders = found.submodule_search_locations if found else None
        own = {m.name: f"{self.package}.{m.name}" for m in pkgutil.iter_modules(folders) if not m.ispkg}
        return {point.name: point.value for point in entry_points(group=self.package)} | own

    def names(self) -> tuple[str, ...]:
        """Return all names, sorted."""
        return tuple(sorted({*self.modules, *self.added}))

    def load(self, name: str, attribute: str, key: str | None = None) -> object:
        """Return `attribute` of the module called `name`, importing it.

        Raises `UserError` if there is none; the message names `key` if given, else this object's own.
        """
        key = key or self.key
        if name in self.added:
            return self.added[name]
        if name not in self.modules:
            vars(self).pop("modules", None)  # a package may have been installed since they were listed
        if name not in self.modules:
            raise UserError(f"{key}={name}: unknown{did_you_mean(name, self.names())}")
        module = self._import(name, key)
        if not hasattr(module, attribute):
            raise UserError(f"{key}={name}: {module.__name__} defines nothing called {attribute}")
        return getattr(module, attribute)

    def place(self, error: BaseException, names: Iterable[str]) -> str | None:
        """Return the innermost line of the named modules that an error passed through, `mine.py, line 8`, or None."""
        modules = [sys.modules.get(self.modules.get(name, "")) for name in names]
        files = {module.__file__ for module in modules if module is not None}
        passed = [frame for frame in extract_tb(error.__traceback__) if frame.filename in files]
        return f"{Path(passed[-1].filename).name}, line {passed[-1].lineno}" if passed else None

    def _import(self, name: str, key: str) -> ModuleType:
        try:
            return importlib.import_module(self.modules[name])
        except (Exception, SystemExit) as error:  # a user's own module may raise anything
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise UserError(f"{key}={name}: {self.modules[name]} cannot be imported ({reason})") from error
