"""Pictures in the folder of a report."""

from pathlib import Path

from nst.report.context import ReportContext
from nst.report.figure import axes, gallery
from nst.report.read import frame
from nst.store.plan import read_plan
from report.conftest import Store, paint


def context(store: Store) -> ReportContext:
    plan = read_plan(store.store, "s")
    found = frame.frame(plan, store.store)
    return ReportContext(plan, found, axes.choose(plan), None, store.store, store.store.report("s"))


def test_equal_starts_are_one_file(store: Store) -> None:
    jobs = store.sweep("s", {"steps": [1, 2, 3]})
    for job, seed in zip(jobs, (5, 5, 6), strict=True):
        store.done(job)
        paint(store.root / "jobs" / job["signature"] / "start.png", seed=seed)
    files = gallery.write(context(store)).files
    starts = [files[store.root / "jobs" / job["signature"] / "start.png"] for job in jobs]
    first, last = jobs[0]["signature"], jobs[2]["signature"]
    assert starts == [f"pictures/start-{first}.png"] * 2 + [f"pictures/start-{last}.png"]


def test_a_picture_that_is_content_and_style_is_named_as_both(store: Store) -> None:
    (job,) = store.sweep("s", {}, pairs=[()], constants={"content": "a", "style": "b"})
    store.done(job, inputs={"content": store.input("abc"), "style": "abc"})
    made = gallery.write(context(store))
    assert [(one.kind, one.name) for one in made.inputs] == [("content", "a"), ("style", "b")]
    assert made.files[store.root / "pictures" / "abc.png"] == "pictures/content-abc.png"


def test_every_picture_that_a_further_loss_takes(store: Store) -> None:
    jobs = store.sweep("s", {"losses.deep.picture": ["a", "b"]}, constants={"content": "c"})
    for job in jobs:
        inputs = {"content": store.input("ccc"), "deep": store.input(3 * job["values"]["losses.deep.picture"])}
        store.done(job, inputs=inputs)
    made = gallery.write(context(store))
    assert [(one.kind, one.name) for one in made.inputs] == [("content", "c"), ("deep", "a"), ("deep", "b")]
    assert made.files[store.root / "pictures" / "bbb.png"] == "pictures/deep-bbb.png"


def test_what_is_not_wanted_goes_but_not_what_another_process_writes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", ".half.png"):
        (tmp_path / name).touch()
    gallery.clear(tmp_path, ["a.png"])
    assert {path.name for path in tmp_path.iterdir()} == {"a.png", ".half.png"}
