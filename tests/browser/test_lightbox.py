"""The enlarged view: stepping, holding, wiping, zooming, and the data shown about the run."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from report.conftest import Store

from nst.report.build import build

from .conftest import Open

pytestmark = pytest.mark.browser
CELLS = "#results tbody a.tile[data-run]"
WHOLE = re.compile(r"^pictures/[^-]+\.png$")


def shown(page: Any) -> str:
    return str(page.locator("#box-under").get_attribute("src"))


def title(page: Any) -> str:
    return str(page.locator("#box-title").inner_text())


def zoom(page: Any) -> list[str]:
    """How both pictures lie on the stage."""
    return [page.locator(which).evaluate("image => image.style.transform") for which in ("#box-under", "#box-over")]


@pytest.fixture
def page(open_page: Open, grid_report: Path) -> Any:
    """The grid with its first cell opened by keyboard."""
    page = open_page(grid_report)
    page.locator(CELLS).first.focus()
    page.keyboard.press("Enter")
    return page


def test_arrows_step_along_the_axes(page: Any) -> None:
    first = page.locator("#box-place").inner_text()
    assert first == "row 1 of 2 · column 1 of 3"
    page.keyboard.press("ArrowRight")
    assert page.locator("#box-place").inner_text() == "row 1 of 2 · column 2 of 3"
    page.keyboard.press("ArrowDown")
    assert page.locator("#box-why").inner_text() == "failed"
    page.keyboard.press("ArrowLeft")
    assert page.locator("#box-place").inner_text() == "row 2 of 2 · column 1 of 3"
    page.keyboard.press("ArrowLeft")
    assert page.locator("#box-full").get_attribute("href").startswith("pictures/style-")
    page.keyboard.press("ArrowLeft")
    assert page.locator("#box-full").get_attribute("href").startswith("pictures/style-")


def test_escape_goes_back_to_the_cell_that_was_reached(page: Any) -> None:
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert page.locator("dialog").is_hidden()
    expect(page.locator("[data-place='r0/0/1/0']")).to_be_focused()


def test_arrows_move_on_the_page_too(page: Any) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-place='r0/1/1/0']")).to_be_focused()


def test_tab_stays_inside(page: Any) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') || document.activeElement === document.body")


def test_the_whole_picture_is_loaded_on_demand(page: Any) -> None:
    expect(page.locator("#box-under")).to_have_attribute("src", WHOLE)
    assert shown(page).startswith("pictures/")


@pytest.mark.parametrize(("key", "kind"), [("c", "content"), ("s", "start"), ("t", "style")])
def test_hold_a_key_to_compare(page: Any, key: str, kind: str) -> None:
    expect(page.locator("#box-under")).to_have_attribute("src", WHOLE)
    before = shown(page)
    page.keyboard.down(key)
    assert shown(page).startswith(f"pictures/{kind}-") and page.locator("#tag-left").inner_text() == kind
    page.keyboard.up(key)
    expect(page.locator("#box-under")).to_have_attribute("src", WHOLE)
    assert shown(page) == before and page.locator("#tag-left").is_hidden()


def test_hold_again_for_the_next_of_several_styles(open_page: Open, tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    jobs = store.sweep("s", {"style": ["a + b", "c"]}, constants={"content": "d"})
    for job, names in zip(jobs, (("aaa", "bbb"), ("ccc",)), strict=True):
        inputs = {f"style[{n}]" if n > 1 else "style": store.input(name) for n, name in enumerate(names, 1)}
        store.done(job, inputs=inputs)
    page = open_page(build("s", store.root, formats=("html",)))
    assert page.locator("#results .head").first.locator("a.tile").count() == 2
    page.locator("#results a.tile[data-run]").first.click()
    for turn, name in ((1, "aaa"), (2, "bbb"), (1, "aaa")):
        page.keyboard.down("t")
        assert name in shown(page) and page.locator("#tag-left").inner_text() == f"style {turn} of 2"
        page.keyboard.up("t")


def test_hold_a_button_to_compare(page: Any) -> None:
    page.locator("[data-hold=content]").hover()
    page.mouse.down()
    assert shown(page).startswith("pictures/content-")
    page.mouse.up()
    assert not shown(page).startswith("pictures/content-")


def test_the_slider_wipes_between_any_two_cells(page: Any) -> None:
    page.select_option("#box-other", "r0/1/0/0")
    slider = page.get_by_role("slider")
    lines = []
    for press in ("Home", "ArrowRight", "End"):
        slider.focus()
        page.keyboard.press(press)
        lines.append(page.locator("#wipe-line").bounding_box()["x"])
    assert lines[0] < lines[1] < lines[2]
    assert title(page) == page.locator("#tag-right").inner_text() != page.locator("#tag-left").inner_text()


def test_dragging_the_line_moves_the_slider(page: Any) -> None:
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    box = page.locator("#wipe-line").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 200, middle[1])
    page.mouse.up()
    assert float(page.locator("#wipe").input_value()) < 40
    assert abs(page.locator("#wipe-line").bounding_box()["x"] - (box["x"] - 200)) < 15


def test_zoom_stays_while_stepping_and_is_the_same_for_both(page: Any) -> None:
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    page.locator("#stage").hover(position={"x": 200, "y": 200})
    page.mouse.wheel(0, -600)
    page.keyboard.press("+")
    here = zoom(page)
    assert here[0] == here[1] and "scale(1)" not in here[0]
    page.keyboard.press("ArrowLeft")
    assert zoom(page) == here
    page.mouse.down()
    page.mouse.move(260, 240)
    page.mouse.up()
    assert zoom(page)[0] == zoom(page)[1] != here[0]
    page.keyboard.press("0")
    assert "scale(1)" in zoom(page)[0]


def test_numbers_and_command_of_the_run(page: Any) -> None:
    assert "total loss\n10" in page.locator("#box-facts").inner_text()
    command = page.locator("#box-command code").inner_text()
    assert command.startswith("python -m nst.run sweep=s") and "content=wally" in command


def test_a_crop_opens_the_whole_at_its_place(open_page: Open, line_report: Path) -> None:
    page = open_page(line_report)
    page.locator("#results a.detail").first.click()
    expect(page.locator("#box-scale")).not_to_have_text("fit")
    at_crop = zoom(page)[0]
    page.keyboard.press("ArrowRight")
    assert zoom(page)[0] == at_crop and title(page) == "seed 1"
