"""A page that stays open while the sweep runs."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from report.conftest import paint

from .conftest import Open, line

pytestmark = pytest.mark.browser
AGAIN = (
    "() => { const s = document.createElement('script'); s.src = 'live.js?' + Math.random(); document.head.append(s); }"
)
"""The page's own refresh every few seconds, triggered here without waiting."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def states(page: Any) -> list[str]:
    return [tile.get_attribute("class").split()[1] for tile in page.locator("#results .slot > a:not(.detail)").all()]


def refresh(page: Any, root: Path, done: int) -> None:
    line(root, done)
    page.evaluate(AGAIN)
    expect(page.locator(".status")).to_contain_text(f"{done} of 4 runs done")


def test_changes_in_place(open_page: Open, root: Path) -> None:
    page = open_page(line(root, 1))
    assert states(page) == ["done"] + 3 * ["pending"] and page.locator("#updating").is_visible()
    assert re.search(r"while its sweep runs, last at \d", page.locator("#updating").inner_text())
    page.fill("#filter-text", "seed")
    page.select_option("#filter-state", "done")
    page.get_by_role("columnheader", name="total loss").get_by_role("button").click()
    page.evaluate("window.first = document.querySelector('#results a.tile img')")
    page.evaluate("scrollTo(0, 300)")
    refresh(page, root, 2)
    assert states(page) == ["done", "done", "pending", "pending"]
    assert page.evaluate("window.first.isConnected")  # a picture that is the same is not even loaded again
    assert page.evaluate("scrollY") == 300
    assert page.locator("#filter-count").inner_text() == "2 of 4 runs"
    labels = page.locator("#runs-table tbody tr:visible").evaluate_all("rows => rows.map(row => row.dataset.label)")
    assert labels == ["seed 1", "seed 0"]
    assert page.evaluate("document.activeElement.textContent") == "total loss"


def test_an_open_cell_stays_open_and_gets_its_picture(open_page: Open, root: Path) -> None:
    page = open_page(line(root, 1))
    page.locator("#results a.pending:not(.detail)").first.click()
    assert page.locator("#box-why").inner_text() == "pending"
    refresh(page, root, 2)
    assert page.locator("dialog").is_visible() and page.locator("#box-title").inner_text() == "seed 1"
    expect(page.locator("#box-under")).to_have_attribute("src", re.compile(r"\.png$"))


def test_a_picture_that_was_made_again_is_not_taken_from_memory(open_page: Open, root: Path) -> None:
    page = open_page(line(root, 1))
    first = page.locator("#results a.done img").first
    before = first.get_attribute("src")
    image = next((root / "jobs").iterdir()) / "image.png"
    image.unlink()  # it is linked into the report
    paint(image, seed=99)
    refresh(page, root, 2)
    assert str(first.get_attribute("src")).startswith(f"{before}?")


def test_reads_by_itself_until_the_sweep_is_finished_and_its_figures_are_drawn(open_page: Open, root: Path) -> None:
    page = open_page(line(root, 1), frozen=True)
    folder = line(root, 4)
    page.clock.run_for(3000)
    expect(page.locator(".status")).to_have_text("4 of 4 runs done")
    assert page.locator("#updating").is_hidden() and states(page) == 4 * ["done"]
    paint(folder / "curves.png")
    line(root, 4)
    page.clock.run_for(5000)
    expect(page.locator("#loss img")).to_have_count(1)


def test_a_finished_page_reads_nothing(open_page: Open, line_report: Path) -> None:
    page = open_page(line_report, frozen=True)
    assert page.locator("#updating").is_hidden()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(120_000)
    assert page.locator("script").count() == 1 and not asked
