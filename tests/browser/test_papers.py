"""The page of papers on every screen: nothing to scroll sideways, and accessible in light and dark."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from papers.conftest import claim, fill, paper
from report.conftest import Store

from nst.papers import library
from nst.papers.site.chosen import program
from nst.papers.site.site import build
from nst.site.arguments import Asked

from .conftest import EVIL, Open

pytestmark = pytest.mark.browser
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two papers: claims with runs, with a long name and an evil one, recalled, and without runs."""
    papers = (
        paper("a", claim(known="memory"), claim("other", words="W" * 90, varied=EVIL)),
        paper("b", claim("lost", sweep="lost"), authors="Li, Wang, Liu, Hou"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "papers", lambda: papers)
        store = Store(tmp_path_factory.mktemp("papers") / "runs")
        fill(store)
        asked = Asked(program(papers), (), store.root)
        build(asked)
    return asked.site


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_no_page_is_wider_than_its_screen(open_page: Open, site: Path, width: int) -> None:
    page = open_page(site, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(open_page: Open, site: Path, scheme: str, width: int) -> None:
    page = open_page(site, width, color_scheme=scheme)
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true }")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS] == []


def test_a_verdict_leads_to_its_claim(open_page: Open, site: Path) -> None:
    page = open_page(site)
    rows: Any = page.locator(".claims tbody tr")
    assert rows.count() == 3 and "holds" in rows.first.inner_text() and "not tested" in rows.last.inner_text()
    rows.last.locator("td.prose a").click()
    assert page.url.endswith("#claim-b-lost") and page.locator("#claim-b-lost").is_visible()
    assert page.evaluate("window.evil") is None
