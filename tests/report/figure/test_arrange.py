"""From plan and frame to tables."""

from typing import Any

from nst.report.figure import arrange, axes
from nst.report.figure.table import Shot, Table
from nst.report.read import frame
from nst.report.read.layout import Crop
from nst.store.plan import read_plan
from report.conftest import Store


def table(store: Store, crop: Crop | None = None) -> Table:
    plan = read_plan(store.store, "s")
    (facet,) = arrange.facets(plan, frame.frame(plan, store.store), axes.choose(plan), crop)
    return facet.table


def heads(found: Table) -> list[list[str]]:
    return [[column.head.text for column in band.columns] for band in found.bands]


def shots(found: Table) -> list[list[Shot]]:
    return [[shot for cell in row.cells for shot in cell] for band in found.bands for row in found.rows]


def test_one_axis_is_wrapped_evenly(store: Store) -> None:
    store.sweep("s", {"seed": range(13)})
    assert [len(line) for line in heads(table(store))] == [5, 5, 3]
    assert table(store).cols_title == "seed"


def test_two_axes_and_what_became_of_each_job(store: Store) -> None:
    jobs = store.sweep("s", {"seed": [0, 1], "init": ["uniform", "gaussian"]})
    store.done(jobs[0])
    store.failed(jobs[3], "diverged at 212")
    found = table(store)
    assert heads(found) == [["uniform noise", "gaussian noise"]]
    assert [row.head.text for row in found.rows] == ["seed 0", "seed 1"]
    assert [[shot.state for shot in row] for row in shots(found)] == [["done", "pending"], ["pending", "failed"]]
    assert shots(found)[1][1].note == "diverged at 212"


def test_inputs_head_their_axes(store: Store) -> None:
    jobs = store.sweep("s", {"style": ["a", "b"], "content": ["c", "d"]})
    for job in jobs:
        inputs = {kind: store.input(job["values"][kind]) for kind in ("content", "style")}
        store.done(job, inputs=inputs)
    found = table(store)
    assert [column.head.picture for column in found.columns] == [
        store.root / "pictures" / f"{name}.png" for name in "cd"
    ]
    assert [row.head.picture for row in found.rows] == [store.root / "pictures" / f"{name}.png" for name in "ab"]


def test_the_only_axis_of_pictures_says_what_its_rows_are(store: Store) -> None:
    jobs = store.sweep("s", {"content": ["a", "b"]})
    store.done(jobs[0], inputs={"content": store.input("abc")})
    found = table(store)
    assert (found.heads_title, found.cols_title) == ("content picture", "")
    assert [row.head.text for row in found.rows] == ["result"]
    assert [row.head.text for row in table(store, (0, 0, 9, 9)).rows] == ["result", "enlarged"]


def test_the_only_axis_of_pairs_has_captions_already(store: Store) -> None:
    jobs = store.sweep("s", {"style": ["a", "b"]}, report={"layout": "pairs"})
    store.done(jobs[0], inputs={"style": store.input("abc")})
    found = table(store)
    assert found.heads_title == "style picture" and [row.head.text for row in found.rows] == [""]


def test_other_axes_keep_their_names(store: Store) -> None:
    store.sweep("s", {"content": ["a", "b"]})  # no picture yet
    assert (table(store).heads_title, table(store).cols_title) == ("", "content")
    jobs = store.sweep("s", {"content": ["a", "b"], "seed": [0, 1]})
    store.done(jobs[0], inputs={"content": store.input("abc")})
    assert (table(store).heads_title, table(store).cols_title) == ("", "content")


def test_a_loss_alone_shows_its_picture_first(store: Store) -> None:
    constants: dict[str, Any] = {"style_weight": 0, "content": "wally"}
    jobs = store.sweep("s", {"content_layers": ["conv_1", "conv_3"]}, constants=constants)
    store.done(jobs[0], inputs={"content": store.input("abc"), "style": None})
    found = table(store)
    assert heads(found) == [["wally", "conv_1", "conv_3"]]
    assert found.columns[0].captions == ("content picture",)
    assert shots(found)[0][0].picture == store.root / "pictures" / "abc.png"


def test_a_loss_alone_names_the_picture_of_each_table(store: Store) -> None:
    keys: dict[str, Any] = {"content": ["wally", "coffee"], "init": ["uniform", "gaussian"], "seed": [0, 1]}
    jobs = store.sweep("s", keys, constants={"style_weight": 0}, report={"rows": "init", "cols": "seed"})
    store.done(jobs[0], inputs={"content": store.input("abc"), "style": None})
    plan = read_plan(store.store, "s")
    found = arrange.facets(plan, frame.frame(plan, store.store), axes.choose(plan))
    assert [facet.title for facet in found] == ["content: wally", "content: coffee"]
    assert [heads(facet.table)[0][0] for facet in found] == ["wally", "coffee"]


def test_repeats_are_shown_by_the_first_that_is_done(store: Store) -> None:
    jobs = store.sweep("s", {"repeat": [0, 1, 2], "seed": [5]})
    store.failed(jobs[0], "killed")
    store.done(jobs[1])
    store.done(jobs[2])
    ((shot,),) = shots(table(store))
    assert shot.picture == store.root / "jobs" / jobs[1]["signature"] / "image.png"


def test_pairs_show_the_start_beside_the_result(store: Store) -> None:
    jobs = store.sweep("s", {"seed": [0, 1]}, report={"layout": "pairs"})
    store.done(jobs[0])
    found = table(store)
    assert found.columns[0].captions == ("start", "result")
    assert [shot.state for shot in shots(found)[0]] == ["input", "done", "pending", "pending"]


def test_triples(store: Store) -> None:
    jobs = store.sweep(
        "s", {"content": [], "style": []}, pairs=[("cat", "brick"), ("dog", "art/x.png")], report={"layout": "triples"}
    )
    store.done(jobs[0], inputs={"content": store.input("c"), "style": store.input("s")})
    found = table(store)
    assert heads(found) == [["style", "content", "result"]]
    assert [[shot.caption for shot in row] for row in shots(found)] == [["brick", "cat", ""], ["x", "dog", ""]]


def test_combinations_that_were_left_out_stay_blank(store: Store) -> None:
    store.sweep("s", {"seed": [], "size": []}, pairs=[(0, 64), (0, 128), (1, 64)])
    assert [[shot.state for shot in row] for row in shots(table(store))] == [
        ["pending", "pending"],
        ["pending", "blank"],
    ]


def test_equal_words_fall_back_to_the_values(store: Store) -> None:
    store.sweep("s", {"style": ["a/cat.png", "b/cat.png", "c/dog.png"]})
    assert heads(table(store)) == [["a/cat.png", "b/cat.png", "dog"]]


def test_crops_of_what_is_done(store: Store) -> None:
    jobs = store.sweep("s", {"seed": [0, 1, 2]})
    store.done(jobs[0])
    store.done(jobs[2])
    plan = read_plan(store.store, "s")
    (facet,) = arrange.crops(plan, frame.frame(plan, store.store), axes.choose(plan), (0, 0, 10, 10))
    assert heads(facet.table) == [["seed 0", "seed 2"]]
    whole, detail = shots(facet.table)
    assert {shot.framed for shot in whole} == {shot.crop for shot in detail} == {(0, 0, 10, 10)}


def test_many_crops_stand_as_the_grid_does(store: Store) -> None:
    """13 of 14 are done: one whole picture, then a line of the crops and of what became of the other."""
    for job in store.sweep("s", {"seed": range(7), "init": ["uniform", "gaussian"]})[1:]:
        store.done(job)
    plan = read_plan(store.store, "s")
    one, rest = arrange.crops(plan, frame.frame(plan, store.store), axes.choose(plan), (0, 0, 10, 10))
    assert [shot.framed for shot in shots(one.table)[0]] == [(0, 0, 10, 10)]
    assert rest.title == "(0, 0) – (10, 10) px, enlarged" and len(shots(rest.table)) == 7
    assert [shot.state for shot in shots(rest.table)[0]] == ["pending", "done"]
    assert {shot.crop for row in shots(rest.table) for shot in row} == {(0, 0, 10, 10)}


def test_a_third_key_has_a_table_for_each_of_its_values(store: Store) -> None:
    jobs = store.sweep("s", {"style_layers": ["conv_1", "conv_2"], "init": ["uniform", "content"], "size": [64, 128]})
    store.done(jobs[5])
    plan = read_plan(store.store, "s")
    found = arrange.facets(plan, frame.frame(plan, store.store), axes.choose(plan))
    assert [facet.title for facet in found] == ["style layers: conv_1", "style layers: conv_2"]
    assert heads(found[0].table) == heads(found[1].table) == [["64 px", "128 px"]]
    assert [[shot.state for shot in row] for row in shots(found[1].table)] == [["pending", "done"], ["pending"] * 2]
    assert shots(found[1].table)[0][1].signature == jobs[5]["signature"]


def test_one_line_of_many_becomes_a_sheet(store: Store) -> None:
    """500: the line is broken at the square root of 1.5 times that, but at most at 20."""
    store.sweep("s", {"seed": range(500)})
    assert {len(line) for line in heads(table(store))} == {20}
    store.sweep("s", {"seed": range(100)})  # sqrt(150) = 12.2: 13 across, 8 lines, evenly 13
    assert [len(line) for line in heads(table(store))] == [13] * 7 + [9]
