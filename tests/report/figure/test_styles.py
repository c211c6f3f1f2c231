"""Runs of several styles in grids and triples: every style shown and named."""

from pathlib import Path

from nst.report.context import ReportContext
from nst.report.figure import arrange, axes, gallery
from nst.report.figure.grid import place
from nst.report.figure.table import Facet, Table
from nst.report.page.runs import runs
from nst.report.page.thumbs import write
from nst.report.page.tiles import Tiler, wanted
from nst.report.read import frame
from nst.store.plan import read_plan
from report.conftest import Store

LISTS = {"style": ["a + b", "c"]}
SHARES = {"style_shares": ["1, 0", "0.7, 0.3", "0, 1"]}


def context(store: Store) -> ReportContext:
    plan = read_plan(store.store, "s")
    found = frame.frame(plan, store.store)
    return ReportContext(plan, found, axes.choose(plan), None, store.store, store.store.report("s"))


def table(store: Store) -> Table:
    (facet,) = arrange.facets(context(store).plan, context(store).frame, context(store).axes)
    return facet.table


def lists(store: Store, **report: str) -> None:
    """Two runs: one of the styles a and b, one of c."""
    jobs = store.sweep("s", LISTS, constants={"content": "d"}, report=report)
    content = store.input("ddd")
    store.done(jobs[0], inputs={"content": content, "style": store.input("aaa"), "style[2]": store.input("bbb")})
    store.done(jobs[1], inputs={"content": content, "style": store.input("ccc")})


def shares(store: Store, **constants: object) -> None:
    jobs = store.sweep("s", SHARES, constants={"style": "a + b", **constants})
    store.done(jobs[0], inputs={"style": store.input("aaa")})
    store.done(jobs[1], inputs={"style": "aaa", "style[2]": store.input("bbb")})
    store.done(jobs[2], inputs={"style": "bbb"})


def pictured(paths: object) -> list[str]:
    assert isinstance(paths, tuple)
    return [shot.picture.stem[0] if shot.picture else "" for shot in paths]


def test_the_frame_has_a_column_a_style(store: Store) -> None:
    lists(store)
    found = context(store).frame
    names = ["style_picture", "style[2]_picture"]
    assert [[path and path.stem for path in found[name]] for name in names] == [["aaa", "ccc"], ["bbb", None]]
    frame.write(found, store.root / "results.csv")
    assert "style[2]" not in (store.root / "results.csv").read_text(encoding="utf-8")


def test_heads_show_all_styles_of_a_run(store: Store) -> None:
    lists(store)
    found = table(store)
    assert [column.head.text for column in found.columns] == ["a + b", "c"]
    assert [pictured(column.head.shots) for column in found.columns] == [["a", "b"], ["c"]]
    assert [shot.caption for shot in found.columns[0].head.shots] == ["a", "b"]
    assert found.heads_title == "style pictures"


def test_heads_of_shares_say_and_show_what_is_mixed(store: Store) -> None:
    shares(store)
    found = table(store)
    assert [column.head.text for column in found.columns] == ["a", "0.7 a + 0.3 b", "b"]
    assert [pictured(column.head.shots) for column in found.columns] == [["a"], ["a", "b"], ["b"]]


def test_a_texture_shows_both_styles_beside_it(store: Store) -> None:
    (job, _) = store.sweep("s", {"seed": [0, 1]}, constants={"style": "a + b", "content_weight": 0})
    store.done(job, inputs={"style": store.input("aaa"), "style[2]": store.input("bbb")})
    first = table(store).columns[0]
    assert (first.head.text, first.captions, first.aside) == ("a + b", ("a", "b"), True)
    assert pictured(table(store).rows[0].cells[0]) == ["a", "b"]


def test_triples_have_a_slot_a_style(store: Store) -> None:
    lists(store, layout="triples")
    found = table(store)
    assert [len(column.captions) for column in found.columns] == [2, 1, 1]
    assert [[shot.caption for shot in row.cells[0]] for row in found.rows] == [["a", "b"], ["c", ""]]
    assert [pictured(row.cells[0]) for row in found.rows] == [["a", "b"], ["c", ""]]


def test_the_pictures_of_a_head_share_its_cell(store: Store) -> None:
    """Two of 200 x 200 in a cell of 200: 99 wide each, 2 apart, with their names below."""
    lists(store)
    paths = [store.root / "pictures" / f"{name * 3}.png" for name in "abc"]
    made = [store.root / "jobs" / run.signature / "image.png" for run in context(store).plan.runs]
    drawn = place([Facet("", table(store))], {path: (200, 200) for path in (*paths, *made)})
    first, second, whole = drawn.panels[:3]
    assert (first.cell.w, second.cell.x - first.cell.x, whole.cell.w) == (99, 101, 200)
    below = {label.lines[0]: label.box for label in drawn.labels if label.lines[0] in "ab"}
    assert below["a"].x == first.cell.x and below["b"].x == second.cell.x
    assert below["a"].y > first.inner.y + first.inner.h and below["a"].y + below["a"].h < drawn.panels[3].cell.y


def test_inputs_go_by_their_own_names_and_can_all_be_held(store: Store) -> None:
    lists(store)
    made = gallery.write(context(store))
    named = [(one.kind, one.name) for one in made.inputs]
    assert named == [("content", "d"), ("style", "a"), ("style[2]", "b"), ("style", "c")]
    first, second = runs(context(store).plan, context(store).frame, made)
    assert first.pictures["style-2"] == "pictures/style[2]-bbb.png" and "style-2" not in second.pictures


def test_the_style_without_a_share_gives_no_name(store: Store) -> None:
    shares(store)
    made = gallery.write(context(store))
    assert [(one.kind, one.name) for one in made.inputs] == [("style", "a"), ("style[2]", "b"), ("style", "b")]


def test_tiles_of_a_head(store: Store, tmp_path: Path) -> None:
    lists(store)
    here, found = context(store), table(store)
    made = gallery.write(here)
    small = write(wanted([found], made), made.files, here.folder, 64)
    view = Tiler(made, small, {}).view(Facet("", found), flat=True)
    assert [[tile.shot.caption for tile in tiles] for _, tiles in view.columns] == [["a", "b"], [""]]
