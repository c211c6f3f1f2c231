"""Parts of a sweep: their runs, their keys, and the errors."""

import pytest

from nst.errors import UserError
from nst.report.read.filter import parse_where, promote, select
from nst.store.plan import Plan, read_plan
from report.conftest import Store


@pytest.fixture
def plan(store: Store) -> Plan:
    store.sweep("s", {"init": ["uniform", "content"], "style_weight": [1e6, 9e5]}, constants={"content_weight": 1})
    return read_plan(store.store, "s")


@pytest.mark.parametrize("wanted", [9e5, "9e5", "900000", "900\u2009000 : 1"])
def test_a_number_as_typed_or_as_shown(plan: Plan, wanted: str) -> None:
    part = select(plan, {"style_weight": wanted})
    assert [job.values for job in part.runs] == [{"init": "uniform"}, {"init": "content"}]
    assert part.varied == ("init",) and part.constants == {"content_weight": 1, "style_weight": 9e5}


def test_words_as_typed_or_as_shown(plan: Plan) -> None:
    assert [len(select(plan, {"init": wanted}).runs) for wanted in ("uniform", "noise", "uniform noise")] == [2, 2, 2]


@pytest.mark.parametrize("wanted", ["uniform", "noise", "uniform noise"])
def test_a_plan_that_says_noise(store: Store, wanted: str) -> None:
    """`init=noise` is kept as it was typed."""
    store.sweep("typed", {"init": ["noise", "content"]})
    part = select(read_plan(store.store, "typed"), {"init": wanted})
    assert [dict(job.values) for job in part.runs] == [{}] and part.constants["init"] == "noise"


@pytest.mark.parametrize("wanted", ["true", "True", True])
def test_true_and_false_as_in_a_config(store: Store, wanted: str | bool) -> None:
    store.sweep("normalised", {"normalise": [True, False]})
    plan = read_plan(store.store, "normalised")
    assert select(plan, {"normalise": wanted}).constants["normalise"] is True
    assert select(plan, {"normalise": "false"}).constants["normalise"] is False
    with pytest.raises(UserError, match="has normalise=tru; did you mean 'true'"):
        select(plan, {"normalise": "tru"})


@pytest.mark.parametrize("wanted", ["pics/my cat.jpg", "my cat", "/elsewhere/my cat.png"])
def test_a_picture_by_its_path_as_typed_in_the_sweep(store: Store, wanted: str) -> None:
    """The plan has the name that a path was given."""
    store.sweep("pictures", {"content": ["my cat", "chelsea"]})
    assert select(read_plan(store.store, "pictures"), {"content": wanted}).constants["content"] == "my cat"


def test_paths_with_equal_names_are_told_apart(store: Store) -> None:
    store.sweep("paths", {"style": ["a/cat.png", "b/cat.png", "b/dog.png"]})
    part = select(read_plan(store.store, "paths"), {"style": "b/cat.png"})
    assert part.constants["style"] == "b/cat.png" and len(part.runs) == 1


def test_several_must_all_hold(plan: Plan) -> None:
    part = select(plan, parse_where(["init=content", "style_weight=1e6"]))
    assert [job.signature for job in part.runs] == [plan.runs[2].signature] and part.varied == ()


def test_several_in_any_order_though_the_first_settles_the_others(store: Store) -> None:
    store.sweep("s", {"content": [], "style": []}, pairs=[("cat", "brick"), ("dog", "ihc")])
    plan = read_plan(store.store, "s")
    for where in ({"content": "dog", "style": "ihc"}, {"style": "ihc", "content": "dog"}):
        assert [run.signature for run in select(plan, where).runs] == [plan.runs[1].signature]
    with pytest.raises(UserError, match="no run of 's' has style=brick"):
        select(plan, {"content": "dog", "style": "brick"})


def test_a_key_takes_one_value() -> None:
    with pytest.raises(UserError, match="^--where init=content: init=noise was asked for already; a key takes one val"):
        parse_where(["init=noise", "init=content"])


def test_nothing_wanted_is_everything(plan: Plan) -> None:
    assert select(plan, {}) == plan


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"size": 1}, "'size' does not vary"),
        ({"init": "contnt"}, "no run of 's' has init=contnt; did you mean 'conten"),
    ],
)
def test_refused(plan: Plan, where: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        select(plan, where)


@pytest.mark.parametrize("text", ["init", "=content", "init=", " = "])
def test_not_key_and_value(text: str) -> None:
    with pytest.raises(UserError, match="is not KEY=VALUE"):
        parse_where([text])


def test_a_constant_becomes_an_axis_of_one_place(plan: Plan) -> None:
    shown = promote(plan, ("content_weight", "init", "strange"))
    assert shown.varied == ("content_weight", "init", "style_weight")
    assert shown.runs[0].values == {"content_weight": 1, "init": "uniform", "style_weight": 1e6}
    assert promote(plan, ()) == plan


@pytest.mark.parametrize("wanted", ["frida_kahlo", "coffee", "frida_kahlo (coffee)"])
def test_a_stand_in_has_both_names(wanted: str, store: Store) -> None:
    styles = ["frida_kahlo (coffee)", "ihc + frida_kahlo (coffee)", "photo (1)"]
    store.sweep("s", {"style": styles}, stand_ins={"frida_kahlo": "a/coffee.jpg"})
    plan = read_plan(store.store, "s")
    assert select(plan, {"style": wanted}).constants["style"] == styles[0]
    assert select(plan, {"style": f"ihc + {wanted}"}).constants["style"] == styles[1]
    with pytest.raises(UserError, match="no run of 's' has style=photo"):
        select(plan, {"style": "photo"})
