"""Data flows one way: no module imports one of a higher room, and no modules import each other in a circle."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import nst

ROOT = Path(nst.__file__).parent
LEVELS: tuple[tuple[str, ...], ...] = (
    ("errors", "plugins", "typed_values", "terminal", "signals", "hardware", "imports"),
    ("networks", "pictures", "losses"),
    ("spec",),
    ("objective",),
    ("optimizer",),
    ("colours",),
    ("memory", "metrics", "inputs", "result", "hardware.torch_settings"),
    ("engine",),
    ("store",),
    ("report",),
    ("statements",),
    ("sweep",),
    ("run", "env"),
    ("face", "completion"),
    ("site", "bench"),
    ("writeup", "papers"),
    ("__main__",),
)
"""Rooms and modules from low to high; `losses` is the registry, which finds the losses by name: they are higher."""


def modules() -> dict[str, Path]:
    """Every module by its name without `nst.`; a package by its own name."""
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in ROOT.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for name, path in paths.items() if name != "__init__"}


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(node: ast.AST) -> Iterator[str]:
    """Names of what a module imports from `nst`, in functions, too; not what only type checkers see."""
    for child in ast.iter_child_nodes(node):
        if is_type_checking(child):
            continue
        if isinstance(child, ast.ImportFrom) and (child.module or "").startswith("nst"):
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names if alias.name.startswith("nst."))
        yield from imports(child)


def imported(name: str) -> set[str]:
    """The modules that a module imports."""
    known, found = modules(), set()
    for target in imports(ast.parse(known[name].read_text(encoding="utf-8"))):
        target = target.removeprefix("nst.")
        while target and target not in known:
            target = target.rpartition(".")[0]
        found.add(target)
    return found - {"", name}


def level(name: str) -> int:
    """The level of a module: that of the longest name in `LEVELS` it begins with; a loss is beside the objective."""
    name = "objective" if name.startswith("losses.") and not name.startswith("losses.base") else name
    fitting = [
        (len(room), number)
        for number, rooms in enumerate(LEVELS)
        for room in rooms
        if f"{name}.".startswith(f"{room}.")
    ]
    assert fitting, f"nst.{name} has no place in LEVELS"
    return max(fitting)[1]


@pytest.mark.parametrize("name", sorted(modules()))
def test_nothing_below_knows_what_stands_above_it(name: str) -> None:
    assert [target for target in imported(name) if level(target) > level(name)] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    TopologicalSorter({name: imported(name) for name in modules()}).prepare()


def test_the_package_does_without_the_programs_of_its_repository() -> None:
    found = [path for path in ROOT.rglob("*.py") if re.search(r"^\s*(from|import) docs\b", path.read_text(), re.M)]
    assert found == []


def test_describing_a_run_needs_no_torch() -> None:
    for name in modules():
        if name.startswith(("spec.records", "spec.signature", "spec.schema", "store.columns", "store.plan")):
            text = (modules()[name]).read_text(encoding="utf-8")
            assert "import torch" not in text and "from torch" not in text
