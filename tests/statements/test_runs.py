"""Rows as records: kinds of runs, which belong together, which are the same picture."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from nst.errors import UserError
from nst.statements.runs import alike, disjoint, finished, groups, of_kind, once, where

from .conftest import Rows, grey


def test_kinds(rows: Rows) -> None:
    rows.add(content="a", style=None, style_weight=0.0)
    rows.add(content=None, style="b", content_weight=0.0)
    rows.add(content="a", style="b")
    rows.add(content="a", style=pd.NA)
    found = finished(rows.frame)
    assert [run.kind for run in found] == ["reconstruction", "texture", "transfer", "reconstruction"]
    assert [run.pair for run in of_kind(found, "transfer")] == ["a + b"]


def test_kinds_from_pictures_where_names_do_not_vary(rows: Rows) -> None:
    rows.add(seed=0, style_picture=grey(1))
    rows.add(seed=0, content_picture=grey(1))
    assert [run.kind for run in finished(rows.frame)] == ["texture", "reconstruction"]


def test_only_what_is_done_counts(rows: Rows) -> None:
    for state in ("done", "failed", "pending", "running"):
        rows.add(state=state)
    assert len(finished(rows.frame)) == 1
    frame = rows.frame
    frame.attrs.clear()
    with pytest.raises(UserError, match="which of its columns are keys"):
        finished(frame)
    assert finished(pd.DataFrame()) == [] and finished(pd.DataFrame({"state": []})) == []


def test_together_but_for_a_key_with_one_name_for_each_noise(rows: Rows) -> None:
    for init, seed in (("noise", 0), ("uniform", 1), ("gaussian", 0)):
        rows.add(content="a", init=init, seed=seed)
    found = finished(rows.frame)
    assert [len(group) for group in groups(found, ["seed"])] == [2, 1]
    assert [len(group) for group in groups(found, ["init", "seed"])] == [3]


def test_equal_pictures_count_once(rows: Rows) -> None:
    rows.add(init="content", seed=0, image=grey(7))
    rows.add(init="content", seed=1, image=grey(7))
    rows.add(init="content", seed=2, image=grey(8))
    rows.add(init="noise", seed=0, image=grey(7))
    rows.add(init="noise", seed=1)
    rows.add(init="noise", seed=2)
    assert len(finished(rows.frame)) == 6
    assert [(run.init, run.seed) for run in once(finished(rows.frame))] == [
        *(("content", 0), ("content", 2)),
        *(("uniform", 0), ("uniform", 1), ("uniform", 2)),
    ]


def test_repeats_are_no_replicates(rows: Rows) -> None:
    """Not even where they are not equal to the bit, as on a GPU."""
    for repeat, seed in ((0, 0), (1, 0), (0, 1)):
        rows.add(init="noise", seed=seed, repeat=repeat, image=grey(10 * seed + repeat))
    assert [(run.seed, run.keys["repeat"]) for run in once(finished(rows.frame))] == [(0, 0), (1, 0)]


def test_precisions_are_apart(rows: Rows) -> None:
    for precision in ("fp32", "bf16"):
        rows.add(init="noise", precision=precision)
    assert len(groups(finished(rows.frame), ["init"])) == 2


def test_alike() -> None:
    assert alike(["ab", "c", "de", "f", "g"], len) == ["c", "f", "g"]
    assert alike(["ab", "c"], len) == ["ab"] and alike([], len) == []


@pytest.mark.parametrize(
    ("placement", "layers"), [("conv_4", (4, 4)), ("conv_1-5", (1, 5)), ("conv_1+conv_4", None), (None, None)]
)
def test_layers(placement: str | None, layers: tuple[int, int] | None, rows: Rows) -> None:
    rows.add(content_layers=placement)
    assert finished(rows.frame)[0].layers("content") == layers


def test_numbers_that_are_not_there(rows: Rows) -> None:
    rows.add(total_loss=2.0, style_loss=None, content_loss=pd.NA)
    run = finished(rows.frame)[0]
    assert run["total_loss"] == 2 and math.isnan(run["style_loss"]) and math.isnan(run["content_loss"])


def test_what_numbers_were_taken_at(rows: Rows) -> None:
    for short, long in ((16, 20), (24, 32)):
        rows.add(image=grey(0, (long, short)))
    runs = finished(rows.frame)
    assert where(runs) == "at 16 to 24 px after 80 evaluations"
    assert where([replace(run, paths={}) for run in runs]) == "after 80 evaluations"


def test_a_picture_is_in_one_pair_only(rows: Rows) -> None:
    for content, style in (("a", "s"), ("a", "t"), ("b", "s"), ("b", "[t, u]"), ("c", "u"), ("a", "s"), ("s", "v")):
        rows.add(content=content, style=style)
    assert [run.pair for run in disjoint(finished(rows.frame))] == ["a + s", "b + [t, u]", "a + s"]
