"""The plan: found by name, refused in one line, read whatever its optional parts are."""

import pytest

from nst.errors import UserError
from nst.report.read import plan as plans
from report.conftest import Store


def test_reads_what_was_planned(store: Store) -> None:
    store.sweep(
        "noises", {"seed": [0, 1], "init": ["uniform"]}, report={"rows": "seed", "cols": ["init"], "crop": [0, 0, 9, 9]}
    )
    plan = plans.read("noises", store.root)
    assert plan.varied == ("seed", "init")
    assert [job.values["seed"] for job in plan.jobs] == [0, 1]
    assert plan.look == plans.Look(("seed",), ("init",), "grid", (0.0, 0.0, 9.0, 9.0))


def test_unknown_name_is_answered_with_the_nearest(store: Store) -> None:
    store.sweep("content_layers", {})
    with pytest.raises(UserError, match="no sweep 'content_layer' in .*sweeps; did you mean 'content_layers'"):
        plans.read("content_layer", store.root)


@pytest.mark.parametrize("name", ["../jobs", "", ".", "/etc"])
def test_a_name_is_no_path(store: Store, name: str) -> None:
    store.sweep("one", {})
    with pytest.raises(UserError, match="no sweep"):
        plans.read(name, store.root)


@pytest.mark.parametrize(
    "content",
    [[], {}, {"jobs": 3}, {"jobs": [{"signature": "../../x"}]}, {"jobs": [], "report": {"layout": "pear"}}, "no"],
)
def test_a_foreign_plan_is_one_line(store: Store, content: object) -> None:
    store.write("sweeps/bad/plan.json", content)
    with pytest.raises(UserError, match="not a plan this version can read") as caught:
        plans.read("bad", store.root)
    assert "\n" not in str(caught.value)


def test_keys_of_an_axis() -> None:
    assert (
        plans.parse_keys("init × seed")
        == plans.parse_keys("init,seed")
        == plans.parse_keys(["init", "seed"])
        == ("init", "seed")
    )
    assert plans.parse_keys(None) is None


@pytest.mark.parametrize("crop", ["1,2,3", "a,b,c,d", "0,0,0,5", "-1,0,5,5", "0,0,nan,5", [1, 2], 7])
def test_a_crop_is_a_region(crop: object) -> None:
    with pytest.raises(UserError, match="crop"):
        plans.parse_crop(crop)


def test_values_become_plain() -> None:
    assert plans.plain(["conv_1", "conv_4"]) == "conv_1+conv_4"
    assert plans.plain({"b": 1, "a": None}) == '{"a": null, "b": 1}'
    assert plans.plain(None) is None


@pytest.mark.parametrize(("width", "pixels"), [(None, None), (900, 900), ("1200", 1200)])
def test_width(width: object, pixels: int | None) -> None:
    assert plans.parse_width(width) == pixels


@pytest.mark.parametrize("width", [0, 199, 20_001, -900, "wide", 1.5, "²"])
def test_an_odd_width(width: object) -> None:
    with pytest.raises(UserError, match="is not a number of pixels from 200 to 20000"):
        plans.parse_width(width)
