"""The frame: one row a job, whatever state its folder is in."""

import math

import pandas as pd
import pytest

from nst.report.read.frame import frame, shown, write
from nst.store.columns import METRICS, column
from nst.store.plan import read_plan
from report.conftest import Store, paint


def load(store: Store) -> pd.DataFrame:
    return frame(read_plan(store.store, "s"), store.store)


def test_states_and_values(store: Store) -> None:
    jobs = store.sweep("s", {"size": [256, 512, 1024]})
    store.done(jobs[0], total_loss=3.5, inputs={"content": store.input("abc"), "style": None})
    store.failed(jobs[1], "diverged at 212\nTraceback ...")
    found = load(store)
    assert list(found["state"]) == ["done", "failed", "pending"]
    assert list(found["size"]) == [256, 512, 1024]
    assert found["total_loss"].iloc[0] == 3.5 and math.isnan(found["total_loss"].iloc[2])
    assert found["evaluations"].iloc[1] == 212
    assert list(found["error"]) == [None, "diverged at 212", None]
    assert found["content_picture"].iloc[0] == store.root / "pictures" / "abc.png"
    assert list(found["style_picture"]) == [None, None, None]
    assert found["machine"].iloc[0] == "Xeon, node1, 2 threads, fp32"
    assert [path and path.name for path in found["folder"]] == [jobs[0]["signature"], jobs[1]["signature"], None]
    assert found["trace"].isna().all()
    assert all(found[name].dtype == "float64" for name in (*(column.name for column in METRICS), "tv_loss"))


def test_runs_side_by_side_are_another_machine(store: Store) -> None:
    jobs = store.sweep("s", {"seed": [0, 1]})
    for job, workers in zip(jobs, (1, 3), strict=True):
        store.done(job, provenance={"workers": workers})
    alone = "Xeon, node1, 2 threads, fp32"
    assert list(load(store)["machine"]) == [alone, f"{alone}, 3 workers"]


def test_metrics_decide_over_an_old_error(store: Store) -> None:
    (job,) = store.sweep("s", {}, pairs=[()])
    store.failed(job, "out of memory")
    store.done(job)
    assert load(store)["state"].iloc[0] == "done"


def test_broken_folders_are_shown_not_raised(store: Store) -> None:
    jobs = store.sweep("s", {"seed": range(5)})
    for job, text in zip(
        jobs, ["{half", "[]", '{"total_loss": "x", "inputs": 3}', '{"total_loss": true}', "\udcff"], strict=True
    ):
        folder = store.root / "jobs" / job["signature"]
        folder.mkdir(parents=True)
        (folder / "image.png").write_bytes(b"a picture")
        (folder / "metrics.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    found = load(store)
    assert list(found["state"]) == ["pending", "pending", "done", "done", "pending"]
    assert set(found["error"].dropna()) == {"metrics.json cannot be read"}
    assert found["total_loss"].isna().all()


def test_numbers_that_are_damaged_are_said_in_a_line_and_the_rest_is_shown(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = store.sweep("s", {"seed": range(4)})
    for job, text in zip(jobs, ('{"total_loss": 1e999}', '{"evaluations": NaN}', "", '{"total_loss": 2}'), strict=True):
        (store.root / "jobs" / job["signature"]).mkdir(parents=True)
        (store.root / "jobs" / job["signature"] / "image.png").write_bytes(b"a picture")
        (store.root / "jobs" / job["signature"] / "metrics.json").write_text(text)
    found = load(store)
    assert list(found["state"]) == ["pending"] * 3 + ["done"] and found["total_loss"].iloc[3] == 2
    damaged = [store.root / "jobs" / job["signature"] / "metrics.json" for job in jobs[:3]]
    assert capsys.readouterr().err.splitlines() == [f"damaged: {path}" for path in damaged]


def test_an_input_of_a_name_that_is_none_is_missing(store: Store) -> None:
    (job,) = store.sweep("s", {}, pairs=[()])
    store.done(job, inputs={"content": "a" * 300, "style": 7})
    found = load(store).iloc[0]
    assert found["content_picture"] is None and found["style_picture"] is None


def test_an_input_stays_inside_the_store(store: Store) -> None:
    (job,) = store.sweep("s", {}, pairs=[()])
    paint(store.root / "outside.png")
    store.done(job, inputs={"content": "../outside", "style": "missing"})
    found = load(store)
    assert found[["content_picture", "style_picture"]].isna().all(axis=None)


def test_pictures_that_only_further_losses_take(store: Store) -> None:
    """`deep` names two pictures of its own, `near` none: that one takes the style."""
    key = "losses.deep.picture"
    jobs = store.sweep("s", {key: ["a+b", "c"]}, constants={"style": "d", "losses.near.picture": None})
    digests = {name: store.input(name) for name in "abcd"}
    store.done(jobs[0], inputs={"deep": digests["a"], "deep[2]": digests["b"], "near": digests["d"]})
    store.done(jobs[1], inputs={"deep": digests["c"], "near": digests["d"]})
    found = load(store)
    columns = [name for name in found if name.endswith("_picture")]
    assert columns == ["content_picture", "style_picture", "deep_picture", "deep[2]_picture"]
    names = [[path and path.stem for path in found[name]] for name in columns]
    assert names == [[None, None], ["d", "d"], ["a", "c"], ["b", None]]
    write(found, store.root / "results.csv")
    heads = (store.root / "results.csv").read_text(encoding="utf-8").partition("\n")[0].split(",")
    assert key in heads and not [head for head in heads if head.endswith("_picture")]


def test_a_key_that_varies_keeps_its_planned_value(store: Store) -> None:
    jobs = store.sweep("s", {"precision": ["auto", "bf16"]})
    store.done(jobs[0])
    assert list(load(store)["precision"]) == ["auto", "bf16"]


def test_losses_are_those_of_the_runs(store: Store) -> None:
    """One run has two styles, the other total variation; what a run has not is not known."""
    jobs = store.sweep("s", {"seed": [0, 1]})
    store.done(jobs[0], style_2_loss=2.0, style_2_loss_png=3.0, tv_loss=4.0, tv_loss_png=5.0)
    store.done(jobs[1], mine=1.0)
    found = load(store)
    losses = [name for name in found if "_loss" in name and not name.startswith("best")]
    assert losses == [
        *("content_loss", "style_loss", "tv_loss", "style_2_loss", "total_loss"),
        *("content_loss_png", "style_loss_png", "tv_loss_png", "style_2_loss_png", "total_loss_png"),
    ]
    assert found["tv_loss_png"].iloc[0] == 5.0 and math.isnan(found["style_2_loss_png"].iloc[1])
    assert "mine" not in found
    assert [one.heading for one in shown(found)] == [
        *("total loss", "content loss", "style loss", "TV loss", "style 2 loss", "PSNR to content (dB)"),
        *("SSIM to content", "evaluations", "loop (s)"),
    ]
    assert found.attrs["keys"] == ("seed",)
    assert [name for name in found if name != "seed" and column(name) is None] == []


def test_a_loss_beside_the_key_of_its_name(store: Store) -> None:
    jobs = store.sweep("s", {"style_loss": ["gram", "wasserstein"]})
    store.done(jobs[0], style_loss=2.0)
    found = load(store)
    assert list(found["style_loss"]) == ["gram", "wasserstein"]
    assert found["style_loss_value"].iloc[0] == 2.0 and math.isnan(found["style_loss_value"].iloc[1])
    assert [one.heading for one in shown(found) if one.kind == "loss"] == [
        *("total loss", "content loss", "value of the style loss")
    ]


def test_no_jobs(store: Store) -> None:
    store.sweep("s", {"seed": []})
    found = load(store)
    assert len(found) == 0


def test_counts_are_written_as_whole_numbers(store: Store) -> None:
    jobs = store.sweep("s", {"seed": [0, 1]})
    store.done(jobs[0], evaluations=7)
    write(load(store), store.root / "results.csv")
    heads, first, second = (line.split(",") for line in (store.root / "results.csv").read_text().splitlines())
    assert [line[heads.index("evaluations")] for line in (first, second)] == ["7", ""]


def test_a_size_in_a_word_is_there_in_pixels(store: Store) -> None:
    first, second = store.sweep("s", {"size": [64, "original"]})
    store.done(first, size=(96, 64))
    found = load(store)
    assert list(found["size"]) == [64, "original"] and list(found["width_px"])[0] == 96
    assert list(found["height_px"])[0] == 64 and found["width_px"].isna()[1]
    store.sweep("s", {"size": [64, 128]})
    assert "width_px" not in load(store)
