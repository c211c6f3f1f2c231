"""Boxes in pixels, worked out by hand for cells of 200 (font 14, gap 9, tight 2, margin 20, small 11)."""

from pathlib import Path

from nst.report.figure import layout
from nst.report.figure.geometry import Box, Grid, scale
from nst.report.figure.table import BLANK, Column, Facet, Head, Row, Shot, Table

A, B, C = Path("a.png"), Path("b.png"), Path("c.png")


def one_row(*shots: Shot, heads: bool = True) -> Table:
    columns = tuple(Column(Head(f"c{number}" if heads else "")) for number, _ in enumerate(shots))
    return Table(columns, (Row(Head(), tuple((shot,) for shot in shots)),))


def place(table: Table, sizes: dict[Path, tuple[int, int]]) -> Grid:
    return layout.place((Facet("", table),), sizes)


def test_the_lengths_these_tests_count_with() -> None:
    lengths = scale(200, (1, 1))
    assert (lengths.font, lengths.gap, lengths.tight, lengths.margin, lengths.small) == (14, 9, 2, 20, 11)


def test_cells_side_by_side_below_their_words() -> None:
    grid = place(one_row(Shot(A), Shot(B)), {A: (200, 200), B: (200, 200)})
    # words: 14 * 1.3 = 18 high, then 14 // 3 = 4 of space
    assert [panel.cell for panel in grid.panels] == [Box(20, 42, 200, 200), Box(229, 42, 200, 200)]
    assert [label.box for label in grid.labels] == [Box(20, 20, 200, 18), Box(229, 20, 200, 18)]
    assert (grid.width, grid.height) == (20 + 200 + 9 + 200 + 20, 42 + 200 + 20)


def test_shapes_are_fitted_into_equal_cells() -> None:
    grid = place(one_row(Shot(A), Shot(B), heads=False), {A: (200, 100), B: (100, 200)})
    assert [panel.cell for panel in grid.panels] == [Box(20, 20, 200, 200), Box(229, 20, 200, 200)]
    assert [panel.inner for panel in grid.panels] == [Box(20, 70, 200, 100), Box(279, 20, 100, 200)]


def test_sizes_do_not_matter_only_shapes_do() -> None:
    grid = place(one_row(Shot(A), Shot(B), heads=False), {A: (100, 50), B: (200, 100)})
    assert [panel.inner for panel in grid.panels] == [Box(20, 20, 200, 100), Box(229, 20, 200, 100)]


def test_small_pictures_are_enlarged_large_ones_shrunk() -> None:
    assert place(one_row(Shot(A)), {A: (64, 64)}).panels[0].cell.w == 192
    assert place(one_row(Shot(A)), {A: (2048, 1024)}).panels[0].cell.w == 512


def test_never_wider_than_a_sheet() -> None:
    grid = place(one_row(*[Shot(A)] * 12), {A: (1024, 1024)})
    assert 2300 < grid.width <= layout.WIDEST
    assert len({panel.cell.w for panel in grid.panels}) == 1


def test_inputs_do_not_shape_the_cells() -> None:
    table = one_row(Shot(A, "input"), Shot(B, "done"), heads=False)
    grid = place(table, {A: (50, 200), B: (200, 100)})
    assert grid.panels[1].inner == Box(229, 20, 200, 100)
    assert grid.panels[0].inner == Box(20 + 87, 20, 25, 100)  # 175 to share between both sides


def test_heads_with_pictures_make_a_row_and_a_column_of_inputs() -> None:
    row = Row(Head("s", B), ((Shot(C),),))
    table = Table((Column(Head("c", A)),), (row,), rows_title="style", cols_title="content")
    grid = place(table, {A: (200, 200), B: (200, 200), C: (200, 200)})
    content, style, result = grid.panels
    assert content.cell.x == result.cell.x and style.cell.y == result.cell.y
    assert result.cell.x - (style.cell.x + 200) == result.cell.y - (content.cell.y + 200) == 18
    across, down = (label for label in grid.labels if label.quiet)
    assert across.lines == ("content →",) and across.box.x + across.box.w == style.cell.x + 200
    assert down.lines == ("style ↓",) and down.box.x == style.cell.x


def test_a_row_of_inputs_alone_is_named_as_a_row_is() -> None:
    columns = (Column(Head("r"), aside=True), Column(Head("c", A)))
    table = Table(columns, (Row(Head("result"), ((Shot(B),), (Shot(C),))),), heads_title="content picture")
    grid = place(table, {A: (200, 200), B: (200, 200), C: (200, 200)})
    given, _, result = grid.panels  # a reference has no input above it
    assert given.cell.x == result.cell.x
    above, below = (label for label in grid.labels if label.across == "right")
    assert (above.lines, below.lines) == (("content picture",), ("result",))
    assert (above.box.y, below.box.y) == (given.cell.y, result.cell.y)
    assert above.box.x + above.box.w == below.box.x + below.box.w < given.cell.x


def test_pairs_stand_close_and_share_their_head() -> None:
    columns = (Column(Head("u"), ("start", "result")),)
    table = Table(columns, (Row(Head(), ((Shot(A), Shot(B)),)),))
    grid = place(table, {A: (200, 200), B: (200, 200)})
    assert [panel.cell.x for panel in grid.panels] == [20, 20 + 200 + 2]
    assert grid.labels[0].box.w == 402
    assert [label.lines for label in grid.labels] == [("u",), ("start",), ("result",)]


def test_the_picture_above_a_pair_stands_in_its_middle() -> None:
    columns = (Column(Head("u", B), ("start", "result")),)
    table = Table(columns, (Row(Head(), ((Shot(A), Shot(A)),)),))
    grid = place(table, {A: (200, 200), B: (200, 200)})
    assert grid.panels[0].cell.x == 20 + (402 - 200) // 2


def test_bands_keep_their_columns_in_line() -> None:
    columns = (Column(Head("ref"), aside=True), *(Column(Head(f"c{number}")) for number in range(3)))
    grid = place(Table(columns, (Row(Head(), ((Shot(A),),) * 4),), across=2), {A: (200, 200)})
    assert [panel.cell.x for panel in grid.panels] == [20, 229, 20, 229]


def test_empty_cells_fill_their_box_and_blanks_are_not_there() -> None:
    grid = place(one_row(Shot(None, "failed", "out of memory"), BLANK, Shot(A), Shot(C, "done")), {A: (200, 200)})
    assert [panel.shot.state for panel in grid.panels] == ["failed", "done", "missing"]
    assert grid.panels[0].inner == grid.panels[0].cell


def test_crops_are_enlarged_by_whole_numbers_and_framed() -> None:
    crop = (0.0, 0.0, 70.0, 35.0)
    rows = (Row(Head(), ((Shot(A, framed=crop),),)), Row(Head(), ((Shot(A, crop=crop),),)))
    grid = place(Table((Column(Head()),), rows), {A: (200, 200)})
    whole, detail = grid.panels
    assert (whole.cell.w, detail.inner.w, detail.inner.h) == (490, 490, 245)
    assert detail.source == (0, 0, 70, 35)
    assert whole.outline == Box(whole.inner.x, whole.inner.y, 172, 86)  # 490 / 200 of 70 and 35: 171.5, 85.75


def test_a_crop_outside_the_picture_is_said_so() -> None:
    grid = place(one_row(Shot(A, crop=(900.0, 0.0, 10.0, 10.0))), {A: (200, 200)})
    assert (grid.panels[0].shot.state, grid.panels[0].shot.note) == ("missing", "the crop lies outside")


def test_facets_beside_each_other_below_their_titles() -> None:
    facets = [Facet(f"f{number}", one_row(Shot(A), Shot(B), heads=False)) for number in range(3)]
    sizes = {A: (200, 200), B: (200, 200)}
    grid = layout.place(facets, sizes)
    # a title is 14 * 1.3 = 18 high, with 14 // 2 = 7 of space; a table 409 wide; 4 * 9 = 36 between tables
    assert [panel.cell for panel in grid.panels[::2]] == [Box(x, 45, 200, 200) for x in (20, 465, 910)]
    assert [label.box for label in grid.labels] == [Box(x, 20, 409, 18) for x in (20, 465, 910)]
    assert all(label.bold for label in grid.labels)
    assert (grid.width, grid.height) == (910 + 409 + 20, 45 + 200 + 20)


def test_facets_below_each_other_where_the_sheet_is_narrow() -> None:
    facets = [Facet(f"f{number}", one_row(Shot(A), Shot(B), heads=False)) for number in range(3)]
    grid = layout.place(facets, {A: (200, 200), B: (200, 200)}, widest=894)  # 2 * 409 + 36 + 2 * 20
    assert [(panel.cell.x, panel.cell.y) for panel in grid.panels[::2]] == [(20, 45), (465, 45), (20, 306)]
    assert (grid.width, grid.height) == (894, 306 + 200 + 20)
    narrower = layout.place(facets, {A: (200, 200), B: (200, 200)}, widest=893)
    assert [panel.cell.x for panel in narrower.panels[::2]] == [20, 20, 20]


def test_the_width_is_the_callers() -> None:
    grid = layout.place((Facet("", one_row(*[Shot(A)] * 4)),), {A: (1024, 1024)}, widest=1000)
    assert 980 < grid.width <= 1000


def test_an_axis_that_all_its_words_name_is_not_named_again() -> None:
    columns = tuple(Column(Head(f"seed {number}")) for number in range(2))
    rows = (Row(Head("noise"), ((Shot(A),), (Shot(A),))),)
    grid = place(Table(columns, rows, "init", "seed"), {A: (200, 200)})
    assert [label.lines for label in grid.labels if label.quiet] == [("init ↓",)]
