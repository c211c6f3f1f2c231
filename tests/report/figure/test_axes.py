"""The choice of keys for columns and rows."""

from collections.abc import Sequence
from typing import Any

import pytest

from nst.errors import UserError
from nst.report.figure import axes
from nst.report.figure.axes import Axes
from nst.store.plan import Plan, read_plan
from report.conftest import Store


def plan(store: Store, keys: dict[str, Sequence[Any]], **extra: Any) -> Plan:
    store.sweep("s", keys, **extra)
    return read_plan(store.store, "s")


TWO = ["a", "b"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((), Axes()),
        (("init",), Axes((), ("init",))),
        (("repeat",), Axes()),
        (("content", "style"), Axes(("style",), ("content",))),
        (("style", "content"), Axes(("style",), ("content",))),
        (("style", "size"), Axes(("style",), ("size",))),
        (("seed", "init"), Axes(("seed",), ("init",))),
        (("repeat", "steps", "init"), Axes(("steps",), ("init",))),
        (("seed", "init", "size"), Axes(("init",), ("size",), ("seed",))),
        (("size", "init", "seed"), Axes(("size",), ("init",), ("seed",))),
        (("content", "style", "style_weight"), Axes(("style",), ("content",), ("style_weight",))),
        (("style", "size", "init"), Axes(("style",), ("init",), ("size",))),
        (("steps", "init", "content", "seed"), Axes(("init",), ("content",), ("steps", "seed"))),
    ],
)
def test_rules(store: Store, keys: tuple[str, ...], expected: Axes) -> None:
    assert axes.choose(plan(store, {key: TWO for key in keys})) == expected


def test_the_plan_then_the_user(store: Store) -> None:
    found = plan(store, {"init": TWO, "seed": TWO}, report={"rows": "seed", "cols": "init"})
    assert axes.choose(found) == Axes(("seed",), ("init",))
    assert axes.choose(found, rows=("init",)) == Axes(("init",), ("seed",))
    assert axes.choose(found, cols=("init", "seed")) == Axes((), ("init", "seed"))


def test_what_is_asked_for_leaves_the_rest_to_the_rules(store: Store) -> None:
    found = plan(store, {"init": TWO, "seed": TWO, "size": TWO})
    assert axes.choose(found, rows=("init", "seed")) == Axes(("init", "seed"), ("size",))
    assert axes.choose(found, cols=("init", "seed")) == Axes(("size",), ("init", "seed"))
    assert axes.choose(found, facets=("size",)) == Axes(("seed",), ("init",), ("size",))
    assert axes.choose(found, facets=()) == Axes(("init", "seed"), ("size",))
    assert axes.choose(found, rows=("init",), cols=("seed",)) == Axes(("init",), ("seed",), ("size",))


def test_a_facet_takes_a_key_from_the_plans_own_axes(store: Store) -> None:
    found = plan(store, {"init": TWO, "seed": TWO}, report={"rows": "seed", "cols": "init"})
    assert axes.choose(found, facets=("seed",)) == Axes((), ("init",), ("seed",))


def test_the_plan_may_wish_for_facets(store: Store) -> None:
    found = plan(store, {"init": TWO, "seed": TWO}, report={"facet": "init,size"})
    assert axes.choose(found) == Axes((), ("seed",), ("init",))
    assert axes.choose(found, cols=("init",)) == Axes(("seed",), ("init",), ())


def test_a_wish_of_the_plan_that_no_longer_varies_is_passed_over(store: Store) -> None:
    assert axes.choose(plan(store, {"style": TWO}, report={"rows": "style", "cols": "content"})) == Axes(("style",), ())


def test_an_unknown_key_is_the_users_mistake(store: Store) -> None:
    found = plan(store, {"content_layers": TWO})
    with pytest.raises(UserError, match="'content_layer' does not vary in sweep 's'; did you mean 'content_layers'"):
        axes.choose(found, rows=("content_layer",))
    with pytest.raises(UserError, match="^'repeat' is no axis: one run stands for all of its repeats$"):
        axes.choose(plan(store, {"init": TWO, "repeat": TWO}), rows=("repeat",))
    with pytest.raises(UserError, match="asked for twice"):
        axes.choose(found, rows=("content_layers",), cols=("content_layers",))


FOLLOWING = [(cat, weight, "bf16" if weight else "fp32") for cat in TWO for weight in (0, 1e6)]


def test_what_follows_from_other_keys_is_no_axis_unless_asked_for(store: Store) -> None:
    keys: dict[str, Sequence[Any]] = {"content": [], "style_weight": [], "precision": []}
    jobs = store.sweep("s", keys, pairs=FOLLOWING)
    for job in jobs:
        job["overrides"] = job["overrides"][:2]  # nobody swept the precision
    found = plan(store, keys, pairs=FOLLOWING, jobs=jobs)
    assert axes.choose(found) == Axes(("style_weight",), ("content",))
    assert axes.choose(found, cols=("precision",)) == Axes(("style_weight",), ("precision",), ("content",))


def test_a_precision_that_was_swept_is_an_axis(store: Store) -> None:
    found = plan(store, {"precision": ["bf16", "fp32"], "content": TWO})
    assert axes.choose(found) == Axes(("precision",), ("content",))


def test_a_precision_that_alone_tells_runs_apart_is_an_axis(store: Store) -> None:
    jobs = store.sweep("s", {"precision": ["bf16", "fp32"]})
    found = plan(store, {"precision": ["bf16", "fp32"]}, jobs=[job | {"overrides": []} for job in jobs])
    assert axes.choose(found) == Axes((), ("precision",))


def test_pairs_stay_pairs(store: Store) -> None:
    pairs = [("cat", "brick"), ("dog", "grass"), ("owl", "brick")]
    assert axes.choose(plan(store, {"content": [], "style": []}, pairs=pairs)) == Axes((), ("content", "style"))


def test_pairs_that_are_multiplied_stay_pairs_on_their_axis(store: Store) -> None:
    pairs = [(*pair, size) for size in (64, 128) for pair in (("cat", "brick"), ("dog", "grass"))]
    found = plan(store, {"content": [], "style": [], "size": []}, pairs=pairs)
    assert axes.choose(found) == Axes(("size",), ("content", "style"))
