"""Guides and masks in plain words: by which runs of a sweep are told apart."""

from collections.abc import Callable
from typing import Any

import pytest

from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.store.plan import read_plan
from nst.sweep.plan import plain_values
from sweep.command import Command

GUIDES = [{"mask": "left", "style": "coffee"}, {"mask": "right", "style_mask": "not ellipse", "weight": 2}]


@pytest.fixture
def values(config: Callable[..., Config]) -> Callable[..., dict[str, Any]]:
    def make(**changes: Any) -> dict[str, Any]:
        made = config(**changes)
        return plain_values(made, resolve(made))

    return make


def test_guides_are_a_text_and_the_style_is_as_given(values: Callable[..., dict[str, Any]]) -> None:
    """Weight, layers and loss of the style are those of the keys, not of a region."""
    found = values(guides=GUIDES, style_layers="conv_1-2")
    assert found["guides"] == "left: coffee + right: style (its not ellipse) x 2"
    assert (found["guides_rest"], found["propagation"]) == ("none", "simple")
    assert (found["style"], found["style_weight"], found["style_layers"]) == ("nocturne", 1e6, "conv_1-2")
    assert values(guides=GUIDES[:1])["style"] is None
    assert values(guides=GUIDES[:1], guides_rest="style")["style"] == "nocturne"


def test_what_plays_no_part_is_none(values: Callable[..., dict[str, Any]]) -> None:
    names = ("guides", "guides_rest", "propagation", "content_mask", "freeze")
    assert [values(guides_rest="style", propagation="inside")[name] for name in names] == [None] * 5
    found = values(content_mask="ellipse", freeze="not top", losses={"deep": {"loss": "gram", "mask": "left"}})
    assert [found[name] for name in names[2:]] == ["simple", "ellipse", "not top"]
    assert found["losses.deep.mask"] == "left"
    assert values(freeze="mine", pictures={"mine": "left"})["freeze"] == "mine (left)"


def test_a_sweep_over_guides(nst: Command, no_report: None) -> None:
    """Lists and none at all; the weight of a region that follows from them is no axis."""
    guides = "guides=[{mask:left,style:coffee},{mask:right}],[{mask:ellipse}],[]"
    answer = nst.sweep(guides, "freeze=null,top", "name=regions")
    assert answer.code == 0
    plan = read_plan(nst.store, "regions")
    assert plan.varied == ("guides", "freeze")
    assert [run.values["guides"] for run in plan.runs[::2]] == ["left: coffee + right: style", "ellipse: style", None]
    assert [run.values["freeze"] for run in plan.runs[:2]] == [None, "top"]
    inputs = (nst.store.metrics(plan.runs[1].signature) or {})["inputs"]
    assert set(inputs) == {"content", "guide_1", "guide_2", "guide_1.mask", "guide_2.mask", "freeze"}
    assert all(nst.store.picture(name).is_file() for name in inputs.values())
