"""`python -m docs.make`: `docs/` holds what it writes."""

from pathlib import Path

import pytest

from docs.make.__main__ import PAGES, main

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_up_to_date(name: str) -> None:
    """Line breaks aside, which argparse sets differently from one Python to another. `make docs` writes them."""
    assert (DOCS / name).read_text(encoding="utf-8").split() == PAGES[name]().split()


def test_it_writes_them_and_the_notebooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text("# %%\n1 + 1\n")
    assert main(["--out", str(tmp_path / "pages"), "--notebooks", str(tmp_path)]) == 0
    assert {path.name for path in (tmp_path / "pages").iterdir()} == set(PAGES)
    written = [*(tmp_path / "pages" / name for name in PAGES), tmp_path / "a.ipynb"]
    assert capsys.readouterr().out.split() == [str(path) for path in written] and written[-1].exists()


def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["--out", str(tmp_path / "file" / "pages")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
