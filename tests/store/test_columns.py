"""The table of columns: nothing is recorded that it lacks, and every loss has its place in it."""

import csv

import pytest

from nst.result import Result
from nst.spec.signature import Spec
from nst.store import columns
from nst.store.columns import column, loss_columns, measured
from nst.store.provenance import now
from nst.store.record import metrics, write_result
from nst.store.store import Store

EVERY = (
    *columns.METRICS,
    *columns.MEASURES,
    *columns.RAN_ON,
    *columns.PATHS,
    *columns.WORDS,
    *columns.TRACE,
    *columns.PIXELS,
)


def test_every_recorded_value_has_a_column(small: Spec, result: Result) -> None:
    recorded = metrics(small, result)
    assert [name for name in recorded if column(name) is None] == []
    numbers = {name for name in recorded if (found := column(name)) and found.is_number}
    assert numbers == {one.name for one in measured(recorded)}


def test_every_column_of_a_trace_is_known(store: Store, small: Spec, result: Result) -> None:
    trace = write_result(store, small, result, now()).parent / "trace.csv"
    heads = next(csv.reader(trace.read_text(encoding="utf-8").splitlines()))
    assert heads[:2] == [columns.EVALUATION, columns.SECONDS] and heads[-1] == columns.TOTAL
    assert all(found and found.kind == "loss" for found in map(column, heads[2:]))


@pytest.mark.parametrize("known", EVERY, ids=lambda known: known.name)
def test_every_column_has_a_title(known: columns.Column) -> None:
    assert known.title.strip() and known.heading.startswith(known.title)
    assert column(known.name) == known


def test_names_are_unique() -> None:
    assert len({known.name for known in EVERY}) == len(EVERY)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("content_loss", "content loss"),
        ("tv_loss", "TV loss"),
        ("style_2_loss", "style 2 loss"),
        ("tv_loss_png", "TV loss of the PNG"),
        ("total_loss_png", "total loss of the PNG"),
        ("best_total_loss", "best total loss"),
    ],
)
def test_a_loss_is_named_by_its_term(name: str, title: str) -> None:
    found = column(name)
    assert found is not None
    assert (found.name, found.title, found.kind, found.better) == (name, title, "loss", "lower")


@pytest.mark.parametrize("name", ["loss", "_loss", "2_loss", "style_loss_jpg", "Style_loss", "style_loss ", ""])
def test_other_names_are_no_losses(name: str) -> None:
    assert column(name) is None


def test_losses_are_in_a_stable_order() -> None:
    names = [found.name for found in loss_columns(["wide", "tv", "style_2", "content", "style", "wide", "total"])]
    losses = ["content_loss", "style_loss", "tv_loss", "style_2_loss", "wide_loss", "total_loss"]
    assert names == [*losses, *(f"{loss}_png" for loss in losses)]


def test_numbers_of_a_frame_are_those_of_its_runs() -> None:
    names = [found.name for found in measured(["mine", "style_loss_png", "content_picture", "seconds_loop"])]
    assert names[2:6] == ["style_loss", "total_loss", "style_loss_png", "total_loss_png"]
    assert set(names) - {"style_loss", "style_loss_png"} == {known.name for known in columns.METRICS}
    assert len(names) == len(set(names))


def test_measures_are_columns_of_those_that_have_them() -> None:
    names = [found.name for found in measured(iter(["gms_content", "border_ratio", "seconds_loop"]))]
    assert names[-2:] == ["gms_content", "border_ratio"]
    assert {known.name for known in columns.MEASURES}.isdisjoint(found.name for found in measured(["seconds_loop"]))


def test_units_and_the_better_way() -> None:
    similarity, seconds = column("psnr_content_db"), column("seconds_loop")
    assert similarity and (similarity.heading, similarity.better) == ("PSNR to content (dB)", "higher")
    assert seconds and (seconds.heading, seconds.better, seconds.kind) == ("loop (s)", "lower", "time")
