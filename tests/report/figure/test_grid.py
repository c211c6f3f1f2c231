"""The layout of the sheet: boxes, and pixels of the PNG, worked out by hand.

Cells of 200 have a font of 14, a gap of 9, a tight one of 2, a margin of 20, small letters of 11.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nst.report.figure import grid, lettering
from nst.report.figure.canvas import Pixels
from nst.report.figure.geometry import Box, Grid, scale
from nst.report.figure.table import BLANK, Column, Facet, Head, Row, Shot, Table

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


A, B, C = Path("a.png"), Path("b.png"), Path("c.png")


def one_row(*shots: Shot, heads: bool = True) -> Table:
    columns = tuple(Column(Head(f"c{number}" if heads else "")) for number, _ in enumerate(shots))
    return Table(columns, (Row(Head(), tuple((shot,) for shot in shots)),))


def place(table: Table, sizes: dict[Path, tuple[int, int]]) -> Grid:
    return grid.place((Facet("", table),), sizes)


def test_the_lengths_these_tests_count_with() -> None:
    lengths = scale(200, (1, 1))
    assert (lengths.font, lengths.gap, lengths.tight, lengths.margin, lengths.small) == (14, 9, 2, 20, 11)


def test_cells_side_by_side_below_their_words() -> None:
    drawn = place(one_row(Shot(A), Shot(B)), {A: (200, 200), B: (200, 200)})
    # words: 14 * 1.3 = 18 high, then 14 // 3 = 4 of space
    assert [panel.cell for panel in drawn.panels] == [Box(20, 42, 200, 200), Box(229, 42, 200, 200)]
    assert [label.box for label in drawn.labels] == [Box(20, 20, 200, 18), Box(229, 20, 200, 18)]
    assert (drawn.width, drawn.height) == (20 + 200 + 9 + 200 + 20, 42 + 200 + 20)


def test_shapes_are_fitted_into_equal_cells() -> None:
    drawn = place(one_row(Shot(A), Shot(B), heads=False), {A: (200, 100), B: (100, 200)})
    assert [panel.cell for panel in drawn.panels] == [Box(20, 20, 200, 200), Box(229, 20, 200, 200)]
    assert [panel.inner for panel in drawn.panels] == [Box(20, 70, 200, 100), Box(279, 20, 100, 200)]


def test_sizes_do_not_matter_only_shapes_do() -> None:
    drawn = place(one_row(Shot(A), Shot(B), heads=False), {A: (100, 50), B: (200, 100)})
    assert [panel.inner for panel in drawn.panels] == [Box(20, 20, 200, 100), Box(229, 20, 200, 100)]


def test_small_pictures_are_enlarged_large_ones_shrunk() -> None:
    assert place(one_row(Shot(A)), {A: (64, 64)}).panels[0].cell.w == 192
    assert place(one_row(Shot(A)), {A: (2048, 1024)}).panels[0].cell.w == 512


def test_never_wider_than_a_sheet() -> None:
    drawn = place(one_row(*[Shot(A)] * 12), {A: (1024, 1024)})
    assert 2300 < drawn.width <= grid.WIDEST
    assert len({panel.cell.w for panel in drawn.panels}) == 1


def test_inputs_do_not_shape_the_cells() -> None:
    table = one_row(Shot(A, "input"), Shot(B, "done"), heads=False)
    drawn = place(table, {A: (50, 200), B: (200, 100)})
    assert drawn.panels[1].inner == Box(229, 20, 200, 100)
    assert drawn.panels[0].inner == Box(20 + 87, 20, 25, 100)  # 175 to share between both sides


def test_heads_with_pictures_make_a_row_and_a_column_of_inputs() -> None:
    row = Row(Head("s", B), ((Shot(C),),))
    table = Table((Column(Head("c", A)),), (row,), rows_title="style", cols_title="content")
    drawn = place(table, {A: (200, 200), B: (200, 200), C: (200, 200)})
    content, style, result = drawn.panels
    assert content.cell.x == result.cell.x and style.cell.y == result.cell.y
    assert result.cell.x - (style.cell.x + 200) == result.cell.y - (content.cell.y + 200) == 18
    across, down = (label for label in drawn.labels if label.quiet)
    assert across.lines == ("content →",) and across.box.x + across.box.w == style.cell.x + 200
    assert down.lines == ("style ↓",) and down.box.x == style.cell.x


def test_a_row_of_inputs_alone_is_named_as_a_row_is() -> None:
    columns = (Column(Head("r"), aside=True), Column(Head("c", A)))
    table = Table(columns, (Row(Head("result"), ((Shot(B),), (Shot(C),))),), heads_title="content picture")
    drawn = place(table, {A: (200, 200), B: (200, 200), C: (200, 200)})
    given, _, result = drawn.panels  # a reference has no input above it
    assert given.cell.x == result.cell.x
    above, below = (label for label in drawn.labels if label.across == "right")
    assert (above.lines, below.lines) == (("content picture",), ("result",))
    assert (above.box.y, below.box.y) == (given.cell.y, result.cell.y)
    assert above.box.x + above.box.w == below.box.x + below.box.w < given.cell.x


def test_pairs_stand_close_and_share_their_head() -> None:
    columns = (Column(Head("u"), ("start", "result")),)
    table = Table(columns, (Row(Head(), ((Shot(A), Shot(B)),)),))
    drawn = place(table, {A: (200, 200), B: (200, 200)})
    assert [panel.cell.x for panel in drawn.panels] == [20, 20 + 200 + 2]
    assert drawn.labels[0].box.w == 402
    assert [label.lines for label in drawn.labels] == [("u",), ("start",), ("result",)]


def test_the_picture_above_a_pair_stands_in_its_middle() -> None:
    columns = (Column(Head("u", B), ("start", "result")),)
    table = Table(columns, (Row(Head(), ((Shot(A), Shot(A)),)),))
    drawn = place(table, {A: (200, 200), B: (200, 200)})
    assert drawn.panels[0].cell.x == 20 + (402 - 200) // 2


def test_bands_keep_their_columns_in_line() -> None:
    columns = (Column(Head("ref"), aside=True), *(Column(Head(f"c{number}")) for number in range(3)))
    drawn = place(Table(columns, (Row(Head(), ((Shot(A),),) * 4),), across=2), {A: (200, 200)})
    assert [panel.cell.x for panel in drawn.panels] == [20, 229, 20, 229]


def test_empty_cells_fill_their_box_and_blanks_are_not_there() -> None:
    drawn = place(one_row(Shot(None, "failed", "out of memory"), BLANK, Shot(A), Shot(C, "done")), {A: (200, 200)})
    assert [panel.shot.state for panel in drawn.panels] == ["failed", "done", "missing"]
    assert drawn.panels[0].inner == drawn.panels[0].cell


def test_crops_are_enlarged_by_whole_numbers_and_framed() -> None:
    crop = (0.0, 0.0, 70.0, 35.0)
    rows = (Row(Head(), ((Shot(A, framed=crop),),)), Row(Head(), ((Shot(A, crop=crop),),)))
    drawn = place(Table((Column(Head()),), rows), {A: (200, 200)})
    whole, detail = drawn.panels
    assert (whole.cell.w, detail.inner.w, detail.inner.h) == (490, 490, 245)
    assert detail.source == (0, 0, 70, 35)
    assert whole.outline == Box(whole.inner.x, whole.inner.y, 172, 86)  # 490 / 200 of 70 and 35: 171.5, 85.75


def test_a_crop_outside_the_picture_is_said_so() -> None:
    drawn = place(one_row(Shot(A, crop=(900.0, 0.0, 10.0, 10.0))), {A: (200, 200)})
    assert (drawn.panels[0].shot.state, drawn.panels[0].shot.note) == ("missing", "the crop lies outside")


def test_facets_beside_each_other_below_their_titles() -> None:
    facets = [Facet(f"f{number}", one_row(Shot(A), Shot(B), heads=False)) for number in range(3)]
    sizes = {A: (200, 200), B: (200, 200)}
    drawn = grid.place(facets, sizes)
    # a title is 14 * 1.3 = 18 high, with 14 // 2 = 7 of space; a table 409 wide; 4 * 9 = 36 between tables
    assert [panel.cell for panel in drawn.panels[::2]] == [Box(x, 45, 200, 200) for x in (20, 465, 910)]
    assert [label.box for label in drawn.labels] == [Box(x, 20, 409, 18) for x in (20, 465, 910)]
    assert all(label.bold for label in drawn.labels)
    assert (drawn.width, drawn.height) == (910 + 409 + 20, 45 + 200 + 20)


def test_facets_below_each_other_where_the_sheet_is_narrow() -> None:
    facets = [Facet(f"f{number}", one_row(Shot(A), Shot(B), heads=False)) for number in range(3)]
    drawn = grid.place(facets, {A: (200, 200), B: (200, 200)}, widest=894)  # 2 * 409 + 36 + 2 * 20
    assert [(panel.cell.x, panel.cell.y) for panel in drawn.panels[::2]] == [(20, 45), (465, 45), (20, 306)]
    assert (drawn.width, drawn.height) == (894, 306 + 200 + 20)
    narrower = grid.place(facets, {A: (200, 200), B: (200, 200)}, widest=893)
    assert [panel.cell.x for panel in narrower.panels[::2]] == [20, 20, 20]


def test_the_width_is_the_callers() -> None:
    drawn = grid.place((Facet("", one_row(*[Shot(A)] * 4)),), {A: (1024, 1024)}, widest=1000)
    assert 980 < drawn.width <= 1000


def test_an_axis_that_all_its_words_name_is_not_named_again() -> None:
    columns = tuple(Column(Head(f"seed {number}")) for number in range(2))
    rows = (Row(Head("noise"), ((Shot(A),), (Shot(A),))),)
    drawn = place(Table(columns, rows, "init", "seed"), {A: (200, 200)})
    assert [label.lines for label in drawn.labels if label.quiet] == [("init ↓",)]
