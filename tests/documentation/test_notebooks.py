"""A notebook from its script."""

import json
import sys
from pathlib import Path

import pytest

from docs.make.notebooks import notebook
from nst.errors import UserError

SCRIPT = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # A title

# %%
print(1)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_text(SCRIPT)
    return path


def test_its_cells_without_outputs(script: Path) -> None:
    cells = json.loads(notebook(script))["cells"]
    assert [(cell["cell_type"], cell["id"], "".join(cell["source"])) for cell in cells] == [
        ("markdown", "cell-1", "# A title"),
        ("code", "cell-2", "print(1)"),
    ]
    assert cells[1]["outputs"] == [] and cells[1]["execution_count"] is None


def test_the_same_twice(script: Path) -> None:
    assert notebook(script) == notebook(script)


def test_without_jupytext_it_says_what_to_install(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(UserError, match="pip install"):
        notebook(script)
