"""The page before any interaction: the grid, every state of a cell, on every screen, with and without script."""

import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from nst.report.build import build

from .conftest import EVIL, Open, Store, line

pytestmark = pytest.mark.browser
CELLS = "#results tbody a.tile[data-run]"
SERIOUS = {"serious", "critical"}


def boxes(page: Any, selector: str) -> list[dict[str, float]]:
    return [found for one in page.locator(selector).all() if (found := one.bounding_box())]


def test_a_grid_with_its_inputs_and_every_state(open_page: Open, grid_report: Path) -> None:
    page = open_page(grid_report)
    assert page.locator("#results thead th").count() == 3
    assert page.locator("#results thead th img").count() == 3 and page.locator("#results tbody th img").count() == 2
    states = [cell.get_attribute("class").split()[1] for cell in page.locator(CELLS).all()]
    assert states == ["done", "done", "missing", "done", "failed", "pending"]
    assert len({(round(box["width"], 1), round(box["height"], 1)) for box in boxes(page, CELLS)}) == 1
    left, right = boxes(page, CELLS)[:2]
    assert left["y"] == right["y"] and left["x"] + left["width"] < right["x"]
    wide, tall = boxes(page, "#results tbody a.done img")[0].values().__iter__(), None  # x, y, width, height
    _, _, width, height = wide
    assert tall is None and abs(width / height - 64 / 48) < 0.01


def test_text_from_configs_is_only_text(open_page: Open, grid_report: Path) -> None:
    page = open_page(grid_report)
    assert page.evaluate("window.evil") is None
    assert page.locator("script").count() == 1
    assert EVIL.split("\u2028")[0] in page.locator("#failures").inner_text()
    assert f"style={EVIL}" in shlex.split(page.locator("#run-1").get_attribute("data-command"))
    page.locator("#results a.failed").click()
    assert EVIL.split("&")[0] in page.locator("#box-note").inner_text()
    assert page.evaluate("window.evil") is None


def test_failures_come_first(open_page: Open, grid_report: Path) -> None:
    page = open_page(grid_report)
    assert boxes(page, "#failures")[0]["y"] < boxes(page, "#results")[0]["y"]
    assert page.locator(".status").inner_text() == "4 of 6 runs done, 1 failed, 1 pending"
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "5"


@pytest.mark.parametrize("width", [1440, 768, 390])
def test_no_page_is_wider_than_its_screen(open_page: Open, grid_report: Path, line_report: Path, width: int) -> None:
    for report in (grid_report, line_report):
        page = open_page(report, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_line_of_cells_wraps_on_a_phone(open_page: Open, line_report: Path) -> None:
    wide, narrow = open_page(line_report), open_page(line_report, 390)
    heights = [[box["y"] for box in boxes(page, "#results .done:not(.detail)")] for page in (wide, narrow)]
    assert len(set(heights[0])) == 1 and len(set(heights[1])) == 2


def test_a_wide_grid_scrolls_below_heads_that_stay(open_page: Open, tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    for job in store.sweep("s", {"init": ["uniform", "content"], "seed": range(20)}):
        store.done(job)
    page = open_page(build("s", store.root, formats=("html",)), 390)
    before = boxes(page, "#results tbody th")[0]["x"]
    page.locator("#results .scroller").evaluate("box => box.scrollLeft = 600")
    assert boxes(page, "#results tbody th")[0]["x"] == before
    assert boxes(page, CELLS)[0]["x"] < 0


def test_complete_without_script(open_page: Open, grid_report: Path) -> None:
    page = open_page(grid_report, java_script_enabled=False)
    assert page.locator("#results img:visible").count() == 3 + 2 + 3
    assert page.locator("button:visible, input:visible, dialog:visible").count() == 0
    assert page.locator("#runs-table tbody tr:visible").count() == 6
    page.locator(CELLS).first.click()
    assert page.url.endswith(".png")


def test_prints_everything_and_no_controls(open_page: Open, grid_report: Path) -> None:
    page = open_page(grid_report)
    page.fill("#filter-text", "picasso")
    page.emulate_media(media="print")
    assert page.locator("button:visible:not(th button), input:visible, nav:visible").count() == 0
    assert page.locator("#runs-table tbody tr:visible").count() == 6


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(open_page: Open, grid_report: Path, scheme: str) -> None:
    axe = Axe()
    page = open_page(grid_report, color_scheme=scheme)
    found = axe.run(page).response["violations"]
    page.locator(CELLS).first.click()
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    found += axe.run(page).response["violations"]
    said = [
        (one["id"], node["html"][:200], node["any"])
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]
    assert not said


def test_five_hundred_runs_load_only_what_is_seen(open_page: Open, tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    first, *others = store.sweep("s", {"seed": range(25), "tv_weight": range(20)})
    store.done(first, size=(8, 8))
    for job in others:
        shutil.copytree(store.root / "jobs" / first["signature"], store.root / "jobs" / job["signature"])
    folder = build("s", store.root, formats=("html",))
    assert (folder / "index.html").stat().st_size < 2_000_000
    page = open_page(folder)
    assert page.locator(CELLS).count() == 500
    assert (
        page.locator("img:not([loading=lazy])").count() == 2
    )  # the two of the enlarged view, which have no source yet
    assert page.evaluate("performance.getEntriesByType('resource').filter(r => r.name.endsWith('.png')).length") == 0


def test_what_moves_is_started_and_stopped(open_page: Open, tmp_path: Path) -> None:
    folder = line(tmp_path / "runs")
    (folder / "motion").mkdir()
    Image.new("RGB", (40, 30)).save(folder / "motion" / "grid.webp")
    page = open_page(line(tmp_path / "runs"))
    film = page.locator(".film img")
    for source in ("thumbs/motion-grid.webp", "motion/grid.webp", "thumbs/motion-grid.webp"):
        assert film.get_attribute("src") == source
        film.click()
