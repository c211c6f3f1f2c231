"""Generate the Jupyter notebooks from their scripts, without outputs and reproducibly."""

from pathlib import Path

from nst.errors import UserError


def notebook(script: Path) -> str:
    """Return the `.ipynb` of a script in Jupytext's percent format; `UserError` without Jupytext."""
    try:
        import jupytext
    except ImportError:
        raise UserError("notebooks need jupytext: pip install -e '.[dev]'") from None
    found = jupytext.read(script)
    for number, cell in enumerate(found.cells, start=1):
        cell["id"] = f"cell-{number}"  # Jupytext draws new random ones each time
    return str(jupytext.writes(found, fmt="ipynb"))
