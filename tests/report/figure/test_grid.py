"""What is on the sheet where: pixels of the PNG at places worked out by hand (see `test_layout` for the lengths)."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nst.report.figure import grid, lettering
from nst.report.figure.canvas import Pixels
from nst.report.figure.geometry import Box, Grid
from nst.report.figure.table import Column, Facet, Head, Row, Shot, Table

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 60), (40, 60, 200), (120, 120, 120)
WHITE = (255, 255, 255)


def plain(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (200, 200)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


@pytest.fixture
def two_by_two(tmp_path: Path) -> Table:
    """Red and green above blue and a failure; words above the columns, nothing at the side."""
    red, green, blue = (plain(tmp_path / f"{c[0]}.png", c) for c in (RED, GREEN, BLUE))
    columns = (Column(Head("one")), Column(Head("two")))
    rows = (
        Row(Head(), ((Shot(red),), (Shot(green),))),
        Row(Head(), ((Shot(blue),), (Shot(None, "failed", "too hot"),))),
    )
    return Table(columns, rows)


def pixels(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def region(found: Pixels, box: Box) -> Pixels:
    return found[box.y : box.y + box.h, box.x : box.x + box.w]


def is_all(found: Pixels, colour: tuple[int, int, int]) -> bool:
    return bool((found == colour).all())


def rest_is_white(found: Pixels, drawn: Grid) -> bool:
    """Nothing outside the cells and the boxes of the labels."""
    copy = found.copy()
    for box in [*(panel.cell for panel in drawn.panels), *(label.box for label in drawn.labels)]:
        region(copy, box)[:] = 255
    return is_all(copy, WHITE)


def test_every_cell_at_its_place(two_by_two: Table, tmp_path: Path) -> None:
    """Margins of 20; words 18 high and 4 of space; cells of 200, 9 apart."""
    drawn = grid.write((Facet("", two_by_two),), tmp_path / "grid.png")
    found = pixels(tmp_path / "grid.png")
    assert found.shape == (20 + 18 + 4 + 200 + 9 + 200 + 20, 20 + 200 + 9 + 200 + 20, 3)
    assert is_all(region(found, Box(20, 42, 200, 200)), RED)
    assert is_all(region(found, Box(229, 42, 200, 200)), GREEN)
    assert is_all(region(found, Box(20, 251, 200, 200)), BLUE)
    for margin in (Box(0, 0, 449, 20), Box(0, 0, 20, 471), Box(429, 0, 20, 471), Box(0, 451, 449, 20)):
        assert is_all(region(found, margin), WHITE)
    assert is_all(region(found, Box(220, 42, 9, 409)), WHITE) and is_all(region(found, Box(20, 242, 409, 9)), WHITE)
    assert rest_is_white(found, drawn)


def test_words_leave_ink_in_their_box_and_in_its_middle(two_by_two: Table, tmp_path: Path) -> None:
    grid.write((Facet("", two_by_two),), tmp_path / "grid.png")
    found = pixels(tmp_path / "grid.png")
    for word, x in (("one", 20), ("two", 229)):
        ink = np.nonzero((region(found, Box(x, 20, 200, 18)) < 128).any(axis=(0, 2)))[0]
        wide = lettering.width(word, 14)
        assert abs(ink.min() - (200 - wide) / 2) < 3 and abs(ink.max() - (200 + wide) / 2) < 3


def test_a_failed_cell_is_drawn_as_such(two_by_two: Table, tmp_path: Path) -> None:
    """A pale box with a line around, and red and grey words in its middle."""
    grid.write((Facet("", two_by_two),), tmp_path / "grid.png")
    cell = region(pixels(tmp_path / "grid.png"), Box(229, 251, 200, 200))
    assert is_all(cell[2:60, 2:198], (246, 246, 247))
    assert is_all(cell[0, 1:-1], (212, 212, 216)) and is_all(cell[1:-1, 199], (212, 212, 216))
    words = cell[70:130].astype(int)
    red = words[..., 0] - words[..., 1] > 60
    assert red.any() and not red[:, :60].any() and not red[:, 140:].any()


def test_a_pending_cell_is_white_with_a_dashed_line(tmp_path: Path) -> None:
    table = Table((Column(Head()),), (Row(Head(), ((Shot(None, "pending"),),)),))
    drawn = grid.write((Facet("", table),), tmp_path / "grid.png")
    cell = region(pixels(tmp_path / "grid.png"), drawn.panels[0].cell)
    assert is_all(cell[2:50, 2:-2], WHITE)
    edge = (cell[0] < 250).any(axis=1)
    assert 0.3 < edge.mean() < 0.7


def test_no_stretching(tmp_path: Path) -> None:
    """100 x 200 beside 200 x 100 in cells of 200 x 200: white beside one, above and below the other."""
    tall, wide = plain(tmp_path / "t.png", RED, (100, 200)), plain(tmp_path / "w.png", BLUE, (200, 100))
    cells = ((Shot(tall),), (Shot(wide),))
    table = Table((Column(Head()),) * 2, (Row(Head(), cells),))
    grid.write((Facet("", table),), path := tmp_path / "grid.png")
    left, right = (region(pixels(path), Box(x, 20, 200, 200)) for x in (20, 229))
    assert is_all(left[:, 50:150], RED) and is_all(left[:, :50], WHITE) and is_all(left[:, 150:], WHITE)
    assert is_all(right[50:150], BLUE) and is_all(right[:50], WHITE) and is_all(right[150:], WHITE)


def test_facets_at_their_places(two_by_two: Table, tmp_path: Path) -> None:
    """Titles of 18 and 7 of space; tables 409 wide, 36 apart."""
    drawn = grid.write([Facet("first", two_by_two), Facet("second", two_by_two)], tmp_path / "grid.png")
    found = pixels(tmp_path / "grid.png")
    assert found.shape == (20 + 25 + 22 + 409 + 20, 20 + 409 + 36 + 409 + 20, 3)
    for x in (20, 20 + 409 + 36):
        assert is_all(region(found, Box(x, 67, 200, 200)), RED)
        assert is_all(region(found, Box(x + 209, 67, 200, 200)), GREEN)
        assert is_all(region(found, Box(x, 276, 200, 200)), BLUE)
        title = region(found, Box(x, 20, 409, 18))
        assert (title[:, :40] < 128).any() and is_all(title[:, 80:], WHITE)
    assert is_all(region(found, Box(429, 0, 36, 496)), WHITE)
    assert rest_is_white(found, drawn)


def test_a_crop_is_framed_on_the_whole_and_enlarged_below(tmp_path: Path) -> None:
    """The left 70 x 35 of 200 x 200 is green, at 490 / 200: a frame of 172 x 86, white on dark; below, green alone."""
    crop = (0.0, 0.0, 70.0, 35.0)
    picture = Image.new("RGB", (200, 200), GREY)
    picture.paste(GREEN, (0, 0, 70, 35))
    picture.save(tmp_path / "a.png")
    shots = (Shot(tmp_path / "a.png", framed=crop), Shot(tmp_path / "a.png", crop=crop))
    table = Table((Column(Head()),), tuple(Row(Head(), ((shot,),)) for shot in shots))
    drawn = grid.write((Facet("", table),), tmp_path / "grid.png")
    found = pixels(tmp_path / "grid.png")
    left, top = drawn.panels[0].inner.x, drawn.panels[0].inner.y
    right, bottom = left + 172 - 1, top + 86 - 1
    for y, x in ((bottom, left + 80), (top + 40, right)):
        assert is_all(found[y, x], WHITE)
    assert is_all(found[bottom - 2, left + 80], (28, 28, 30)) and is_all(found[bottom + 2, left + 80], (28, 28, 30))
    assert is_all(found[bottom - 3, left + 80], GREEN) and is_all(found[bottom + 4, left + 80], GREY)
    assert is_all(region(found, drawn.panels[1].inner), GREEN)


def test_no_wider_than_asked_for(two_by_two: Table, tmp_path: Path) -> None:
    grid.write((Facet("", two_by_two),), tmp_path / "grid.png", width=300)
    with Image.open(tmp_path / "grid.png") as image:
        assert 290 < image.width <= 300


def test_words_in_any_script(two_by_two: Table, tmp_path: Path) -> None:
    """A character that no font has would be a warning, which fails."""
    columns = (Column(Head("梵高")), Column(Head("Ван Гог 🎨")))
    rows = (Row(Head("نجمة"), two_by_two.rows[0].cells), Row(Head("夜"), two_by_two.rows[1].cells))
    table = Table(columns, rows, "スタイル", "内容")
    grid.write((Facet("日本", table),), tmp_path / "grid.png")
    grid.write_pdf((Facet("日本", table),), tmp_path / "grid.pdf")
    title = pixels(tmp_path / "grid.png")[20:38]
    assert (title < 128).any()


def test_print(two_by_two: Table, tmp_path: Path) -> None:
    """A page of the drawing's size, with letters as letters (Type 42), and no date: the same file each time."""
    drawn = grid.write_pdf((Facet("", two_by_two),), tmp_path / "a.pdf")
    written = (tmp_path / "a.pdf").read_bytes()
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", written)
    assert box is not None
    assert [float(side) for side in box.groups()] == pytest.approx([drawn.width / 2, drawn.height / 2], abs=0.01)
    assert b"/CIDFontType2" in written and b"/FontFile2" in written
    assert written.count(b"/Subtype /Image") == 3 and written.count(b"/Width 200") == 3
    assert b"CreationDate" not in written
    grid.write_pdf((Facet("", two_by_two),), tmp_path / "b.pdf")
    assert (tmp_path / "b.pdf").read_bytes() == written


def test_print_is_as_wide_as_the_text_of_a_page(tmp_path: Path) -> None:
    """Eight pictures of 512 on 7 inches of 144 pixels each; the pictures keep 300 pixels an inch."""
    shots = [(Shot(plain(tmp_path / f"{n}.png", GREY, (512, 512))),) for n in range(8)]
    table = Table((Column(Head()),) * 8, (Row(Head(), tuple(shots)),))
    drawn = grid.write_pdf((Facet("", table),), tmp_path / "a.pdf")
    assert 990 < drawn.width <= 1008
    written = (tmp_path / "a.pdf").read_bytes()
    assert written.count(b"/Width %d" % round(drawn.panels[0].inner.w * 300 / 144)) == 8
