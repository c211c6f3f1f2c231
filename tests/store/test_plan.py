"""Plans: kept, found by name, refused in one line, read whatever their optional parts are."""

from dataclasses import replace
from typing import Any

import pytest

from nst.errors import UserError
from nst.store.files.atomic import read_json, write_json
from nst.store.files.names import PLAN
from nst.store.plan import Plan, PlannedRun, plain, read_plan, read_plans, sweeps, with_attempts, write_plan
from nst.store.store import Record, State, Store

RUNS = (
    PlannedRun("abc", "seed 0", {"seed": 0}, ("seed=0",), "bf16", "cuda:1", 2),
    PlannedRun("def", "seed none", {"seed": None}, ("seed=null",), "fp32", "cpu", 0),
)
MINE = Plan(
    *(
        "mine",
        "ratios",
        "To see é.",
        "python -m nst.run sweep=ratios",
        "2026-01-01",
        ("seed",),
        {"size": 64, "lr": 1.0},
    ),
    {"rows": ["seed"], "crop": None},
    RUNS,
    "2 runs, 2 to do",
)


def test_plans_are_kept(store: Store) -> None:
    write_plan(store, MINE)
    assert read_plan(store, "mine") == MINE and sweeps(store) == ["mine"]
    alone = replace(MINE, name="alone", sweep=None, runs=(), varied=(), purpose="")
    write_plan(store, alone)
    assert read_plan(store, "alone") == alone and sweeps(store) == ["alone", "mine"]


def test_the_file_keeps_its_names(store: Store) -> None:
    write_plan(store, MINE)
    raw = read_json(store.sweep("mine") / PLAN) or {}
    assert list(raw) == [
        *("version", "name", "sweep", "purpose", "command", "created_utc", "varied", "constants", "report", "jobs"),
        "summary",
    ]
    assert raw["version"] == 2 and raw["jobs"][0] == {
        **{"signature": "abc", "label": "seed 0", "values": {"seed": 0}, "overrides": ["seed=0"]},
        **{"precision": "bf16", "device": "cuda:1", "seen": 2},
    }


def test_version_1_is_read(store: Store) -> None:
    """It knew neither precision nor device, nor how often a run had been recorded."""
    run = {"signature": "abc", "label": "seed 0", "values": {"layers": ["conv_1", "conv_4"]}, "overrides": ["seed=0"]}
    write_json(store.sweep("old") / PLAN, {"version": 1, "name": "old", "jobs": [run], "varied": ["layers"]})
    (found,) = read_plan(store, "old").runs
    assert found == PlannedRun("abc", "seed 0", {"layers": "conv_1+conv_4"}, ("seed=0",))
    assert (found.precision, found.device, found.attempts_at_plan) == (None, None, 0)


def test_unknown_name_is_answered_with_the_nearest(store: Store) -> None:
    with pytest.raises(UserError, match="no sweep 'mine' in .*sweeps; there are no sweeps there"):
        read_plan(store, "mine")
    write_plan(store, replace(MINE, name="content_layers"))
    with pytest.raises(UserError, match="no sweep 'content_layer' in .*sweeps; did you mean 'content_layers'"):
        read_plan(store, "content_layer")


@pytest.mark.parametrize("name", ["../jobs", "", ".", "/etc"])
def test_a_name_is_no_path(store: Store, name: str) -> None:
    write_plan(store, MINE)
    with pytest.raises(UserError, match="no sweep"):
        read_plan(store, name)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"jobs": 3},
        {"jobs": [{"signature": "../../x"}]},
        {"jobs": [], "constants": [1]},
        {"version": 999, "jobs": []},
    ],
)
def test_a_foreign_plan_is_one_line(store: Store, content: dict[str, Any]) -> None:
    write_json(store.sweep("bad") / PLAN, content)
    with pytest.raises(UserError, match="not a plan this version can read") as caught:
        read_plan(store, "bad")
    assert "\n" not in str(caught.value)


RUN = '{"jobs": [{"signature": "abc", %s}]}'


@pytest.mark.parametrize(
    "text",
    [
        *("[]", '"no"', "{", "", "{}", "null", '{"jobs": [3]}', '{"jobs": [], "varied": 3}', '{"jobs": null}'),
        *('{"jobs": [], "report": []}', '{"jobs": [], "purpose": 3}', '{"jobs": [], "constants": {"a": 1e999}}'),
        *(RUN % part for part in ('"seen": 1e999', '"seen": "x"', '"values": [1]', '"label": 7', '"overrides": "a"')),
        *('{"jobs": [{"signature": null}]}', '{"jobs": [{"signature": 7}]}', RUN % f'"values": {"[" * 99}{"]" * 99}'),
    ],
)
def test_a_damaged_plan_is_one_line(store: Store, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked for, it is an error; among others it is said, and they are read."""
    write_plan(store, MINE)
    store.sweep("bad").mkdir(parents=True)
    path = store.sweep("bad") / PLAN
    path.write_text(text)
    with pytest.raises(UserError, match=f"^damaged: {path} is not a plan this version can read ") as caught:
        read_plan(store, "bad")
    assert "\n" not in str(caught.value)
    for _ in range(2):
        assert read_plans(store) == ([MINE], [path])
    assert capsys.readouterr().err == f"{caught.value}\n"


def test_a_plan_of_a_later_version_is_not_damaged(store: Store) -> None:
    path = store.sweep("later") / PLAN
    write_json(path, {"version": 3, "jobs": []})
    with pytest.raises(UserError, match=rf"^{path} is not a plan this version can read \(it has version 3\)$"):
        read_plan(store, "later")


def test_a_plan_notes_how_its_runs_stand() -> None:
    records = {"abc": Record(State.DONE, 3), "def": Record(State.PENDING)}
    noted = with_attempts(MINE, records, "1 done")
    assert [run.attempts_at_plan for run in noted.runs] == [3, 0] and noted.summary == "1 done"
    assert noted.runs[0].title == "seed=0" and replace(RUNS[0], overrides=()).title == "seed 0"


def test_values_become_plain() -> None:
    assert plain(["conv_1", "conv_4"]) == "conv_1+conv_4"
    assert plain({"b": 1, "a": None}) == '{"a": null, "b": 1}'
    assert plain(None) is None
