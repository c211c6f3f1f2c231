"""The notebooks: they run, at a tiny size, and they are what their scripts say, without outputs."""

import importlib.util
import os
import subprocess
import sys
import warnings
from itertools import chain
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbformat import NotebookNode

from docs.make.notebooks import notebook

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # Jupyter's own
    from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
SCRIPTS = sorted(FOLDER.glob("*.py"))
TINY = {"NST_SIZE": "48", "NST_STEPS": "4", "NST_REPEATS": "2"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_notebook_is_what_its_script_says(script: Path) -> None:
    """To the byte: no output, no count of executions. `make docs` writes it."""
    assert script.with_suffix(".ipynb").read_text(encoding="utf-8") == notebook(script)


def test_every_notebook_has_a_script() -> None:
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == {script.stem for script in SCRIPTS} != set()


@pytest.mark.parametrize("beside", ["", "nst"])
def test_the_first_cell_installs_what_is_missing(beside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the checkout that the notebook lies in; alone, it asks for an address in one line."""
    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: commands.append(command))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (tmp_path / "notebooks").mkdir()
    if beside:
        (tmp_path / beside).mkdir()
        (tmp_path / beside / "__init__.py").touch()
    monkeypatch.chdir(tmp_path / "notebooks")
    if beside:
        exec(first_cell(SCRIPTS[0]), {})
        assert commands == [[sys.executable, "-m", "pip", "install", "--quiet", ".."]]
    else:
        with pytest.raises(SystemExit, match="set REPOSITORY"):
            exec(first_cell(SCRIPTS[0]), {})


def test_the_first_cell_leaves_an_installed_nst_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: pytest.fail("it installs"))
    exec(first_cell(SCRIPTS[0]), {})


def test_the_first_cell_is_the_same_in_every_notebook() -> None:
    assert {first_cell(script) for script in SCRIPTS} == {first_cell(SCRIPTS[0])}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning:(jupyter|nb|zmq|traitlets|tornado)")
def test_the_notebooks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other in one kernel, which forgets all names in between: PyTorch is imported once."""
    for name, value in TINY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(FOLDER.parent), os.environ.get("PYTHONPATH", "")]))
    here = tmp_path / "notebooks"
    here.mkdir()
    joined = nbformat.v4.new_notebook(cells=list(chain.from_iterable(map(cells, SCRIPTS))))
    NotebookClient(joined, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(here)}}).execute()
    sweeps = tmp_path / "runs" / "sweeps"
    assert {path.name for path in sweeps.iterdir()} == {"compare_losses", "explore", "paper_figure", "timing_notebook"}
    assert {"grid.pdf", "crops.pdf", "timing.tex", "ssim.tex"} <= set(os.listdir(sweeps / "paper_figure" / "report"))
    assert pictures(joined) >= len(SCRIPTS)


def cells(script: Path) -> list[NotebookNode]:
    """The code of a notebook, and what makes the kernel forget it."""
    found = jupytext.read(script).cells
    forget = nbformat.v4.new_code_cell("%reset -f")
    return [*(cell for cell in found if cell.cell_type == "code"), forget]


def first_cell(script: Path) -> str:
    return str(cells(script)[0].source)


def pictures(executed: NotebookNode) -> int:
    """How many outputs show a picture."""
    shown = (output.get("data", {}) for cell in executed.cells for output in cell.outputs)
    return sum("image/png" in data for data in shown)
