"""Links and pictures of README, CONTRIBUTING, `docs/` and the notebooks lead somewhere."""

from pathlib import Path

import pytest

from documentation.shown import PAGES, ROOT, anchors, links

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [target for target in links(page.read_text(encoding="utf-8")) if not is_there(page, target)]
    assert broken == []


def test_every_page_can_be_found_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    found = {(index.parent / target).resolve() for target in links(index.read_text(encoding="utf-8"))}
    notebooks = {script.with_suffix(".ipynb") for script in NOTEBOOKS}
    assert {*PAGES, *notebooks} - {index} <= found


def is_there(page: Path, target: str) -> bool:
    """Whether the file is there, and the heading in it."""
    name, _, anchor = target.partition("#")
    path = (page.parent / name).resolve() if name else page
    return path.exists() and (not anchor or anchor in anchors(path.read_text(encoding="utf-8")))
