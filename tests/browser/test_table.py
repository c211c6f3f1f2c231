"""The table of runs: sorting, filtering, copying."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Open

pytestmark = pytest.mark.browser
ROWS = "#runs-table tbody tr:visible"


def column(page: Any, number: int) -> list[str]:
    return [text.strip() for text in page.locator(f"{ROWS} td:nth-child({number + 1})").all_inner_texts()]


def test_sorts_by_numbers_up_down_and_back(open_page: Open, line_report: Path) -> None:
    page = open_page(line_report)
    head = page.get_by_role("columnheader", name="total loss")
    plan = ["0", "1", "2", "10"]
    for said, seeds in [("ascending", plan[::-1]), ("descending", plan), ("none", plan)]:
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == said and column(page, 1) == seeds
    page.get_by_role("columnheader", name="seed").get_by_role("button").click()
    assert column(page, 1) == plan  # by number: 10 after 2


def test_unknown_numbers_come_last(open_page: Open, grid_report: Path) -> None:
    page = open_page(grid_report)
    button = page.get_by_role("columnheader", name="total loss").get_by_role("button")
    losses = {0: ["2", "9", "10", "100", "–", "–"], 1: ["100", "10", "9", "2", "–", "–"]}
    for turn in (0, 1):
        button.click()
        assert column(page, 4) == losses[turn]


def test_filters_by_words_and_state(open_page: Open, grid_report: Path) -> None:
    page = open_page(grid_report)
    page.fill("#filter-text", "PICASSO wally")
    assert page.locator(ROWS).count() == 1
    assert page.locator("#filter-count").inner_text() == "1 of 6 runs"
    page.fill("#filter-text", "")
    page.select_option("#filter-state", "failed")
    assert page.locator(ROWS).count() == 1 and "failed" in page.locator(ROWS).inner_text()


def test_copies_the_command(open_page: Open, line_report: Path) -> None:
    page = open_page(line_report)
    copied = "navigator.clipboard.writeText = text => (window.copied = text, Promise.resolve())"
    page.evaluate(copied)
    page.locator(".copy:visible").first.click()
    assert page.evaluate("window.copied").startswith("python -m nst.run")
    expect(page.locator("#said")).to_have_text("copied")


def test_copies_where_there_is_no_clipboard(open_page: Open, line_report: Path) -> None:
    page = open_page(line_report)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.locator("#results a.tile").first.click()
    page.evaluate("document.addEventListener('copy', () => (window.copied = document.activeElement.value))")
    page.locator("#box-command .copy").click()
    expect(page.locator("#said")).to_have_text("copied")
    assert page.evaluate("window.copied") == page.locator("#box-command code").inner_text()


def test_steps_through_the_rows_that_are_left(open_page: Open, line_report: Path) -> None:
    page = open_page(line_report)
    page.get_by_role("columnheader", name="total loss").get_by_role("button").click()
    page.locator("#runs-table a.tile").first.click()
    seen = []
    for _ in range(5):
        seen.append(page.locator("#box-title").inner_text())
        page.keyboard.press("ArrowDown")
    assert seen == ["seed 10", "seed 2", "seed 1", "seed 0", "seed 0"]
