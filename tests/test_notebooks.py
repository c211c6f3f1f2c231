"""The notebooks: they run, at a tiny size, and they are what their scripts say, without outputs."""

import os
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
    assert {path.name for path in (tmp_path / "runs" / "sweeps").iterdir()} == {
        "compare_losses",
        "explore",
        "timing_notebook",
    }
    assert pictures(joined) >= len(SCRIPTS)


def cells(script: Path) -> list[NotebookNode]:
    """The code of a notebook, and what makes the kernel forget it."""
    found = jupytext.read(script).cells
    forget = nbformat.v4.new_code_cell("%reset -f")
    return [*(cell for cell in found if cell.cell_type == "code"), forget]


def pictures(executed: NotebookNode) -> int:
    """How many outputs show a picture."""
    shown = (output.get("data", {}) for cell in executed.cells for output in cell.outputs)
    return sum("image/png" in data for data in shown)
