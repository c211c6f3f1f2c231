import itertools
import re

import pytest

from nst.errors import UserError
from nst.store.plan import Plan, PlannedRun
from nst.sweep.names import LONGEST, check_name, check_same, check_swept, sweep_name


def test_a_named_sweep_is_called_after_its_file() -> None:
    assert sweep_name("sizes", ["sweep=sizes"], ["content", "size"]) == "sizes"


@pytest.mark.parametrize(
    "override",
    [
        *("plan=true", "rerun=all", "fail_fast=true", "runs_dir=/elsewhere", "picture_dirs=[a,b]", "threads=1"),
        *("device=cpu", "profile=full", "pictures=builtin", "preset=writeup", "optimizer=lbfgs"),
    ],
)
def test_what_changes_no_result_changes_no_name(override: str) -> None:
    assert sweep_name("sizes", ["sweep=sizes", override], []) == "sizes"


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        (["profile=quick"], "sizes-quick"),
        (["pictures=writeup", "picture_dirs=[x]"], "sizes-writeup"),
        (["profile=quick", "pictures=writeup"], "sizes-writeup-quick"),
        (["preset=gatys"], "sizes-gatys"),
        (["steps=20"], "sizes-steps=20"),
        (["size=256,384", "profile=quick"], "sizes-quick-size=256_384"),
        (["optimizer.lr=0.5"], "sizes-optimizer.lr=0.5"),
        (["content='cat.jpg'"], "sizes-content=cat.jpg"),
    ],
)
def test_other_settings_make_a_readable_suffix(overrides: list[str], name: str) -> None:
    found = {sweep_name("sizes", ["sweep=sizes", *order], []) for order in itertools.permutations(overrides)}
    assert len(found) == 1
    assert sorted(found.pop().split("-")) == sorted(name.split("-"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["scales.from=128", "steps=100"], ["scales.from=128", "scales.steps=100"]),
        (["losses.edges.weight=5"], ["losses.deep.weight=5"]),
        (["content='\U0001f431.jpg'"], ["content='\U0001f436.jpg'"]),
        (["content='a b.jpg'"], ["content='a/b.jpg'"]),
        (["content=a,b"], ["content=a_b"]),
        (["content=a"], ["content=a_"]),
        (["content='a\udcff.jpg'"], ["content='a\udcfe.jpg'"]),
    ],
)
def test_other_settings_never_make_the_same_name(one: list[str], other: list[str]) -> None:
    names = {sweep_name("sizes", ["sweep=sizes", *overrides], []) for overrides in (one, other)}
    assert len(names) == 2 and all(check_name(name) == name for name in names)


def test_an_ad_hoc_sweep_is_called_after_its_keys() -> None:
    overrides = ["content_layers=conv_1,conv_3", "optimizer.lr=1,2", "steps=20"]
    name = sweep_name(None, overrides, ["content_layers", "optimizer.lr"])
    assert re.fullmatch(r"content_layers-lr-[0-9a-f]{6}", name)


def test_its_arguments_may_stand_in_any_order() -> None:
    overrides = ["seed=0,1", "steps=20", "size=64"]
    assert len({sweep_name(None, order, ["seed"]) for order in itertools.permutations(overrides)}) == 1


def test_other_arguments_make_another() -> None:
    names = {
        sweep_name(None, [f"seed={seeds}", *more], ["seed"]) for seeds in ("0,1", "0,2") for more in ([], ["size=9"])
    }
    assert len(names) == 4


def test_where_it_runs_does_not_count() -> None:
    plain = sweep_name(None, ["seed=0,1"], ["seed"])
    assert (
        sweep_name(
            None, ["seed=0,1", "runs_dir=x", "plan=true", "rerun=all", "profile=full", "report.rows=seed"], ["seed"]
        )
        == plain
    )


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    long = [f"content_layers={'+'.join(f'conv_{n}' for n in range(1, last))}" for last in (15, 16)]
    names = [sweep_name("content_layers", ["sweep=content_layers", override], []) for override in long]
    assert all(len(name) <= LONGEST for name in names)
    assert names[0] != names[1]


def test_a_name_is_safe_as_a_folder() -> None:
    name = sweep_name("sizes", ["sweep=sizes", "content='~/a b/../été [1].png'"], [])
    assert "/" not in name and check_name(name) == name


def test_a_given_name_is_taken() -> None:
    assert sweep_name("sizes", ["sweep=sizes", "profile=quick"], [], "my sizes") == "my sizes"


def test_threads_that_vary_make_another_folder() -> None:
    plain = sweep_name(None, ["seed=0,1"], ["seed"])
    assert sweep_name(None, ["seed=0,1", "threads=2"], ["seed"]) == plain
    names = {sweep_name(None, ["seed=0,1", f"threads={n}"], ["seed", "threads"]) for n in ("1,2", "1,4")}
    assert len({plain, *names}) == 3
    assert sweep_name("sizes", ["device=cpu,cuda"], ["device"]).startswith("sizes-device=cpu_cuda-")


@pytest.mark.parametrize("name", ["-x", "--all", "index.html", "Index.HTML"])
def test_a_name_that_other_commands_cannot_take_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="^name=.*: choose another name; "):
        sweep_name("sizes", [], [], name)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../up", " a", "a\nb", "a'b", "a:b"])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="^name="):
        sweep_name("sizes", [], [], name)


def test_names_near_what_a_file_system_takes() -> None:
    """A folder may have 255 bytes; the lock of its report has some more than its name."""
    assert check_name("a" * 200) == "a" * 200
    for name in ("a" * 201, "ü" * 101):
        with pytest.raises(UserError, match="^name=.*: is longer than the 200 bytes allowed"):
            check_name(name)


@pytest.mark.parametrize("key", ["runs_dir", "name", "output", "overwrite", "plan", "rerun", "fail_fast", "alpha"])
def test_keys_that_make_no_other_run_take_one_value(key: str) -> None:
    with pytest.raises(UserError, match=f"^{key}: takes one value, for others would not make another run$"):
        check_swept(["seed", key])


def test_lists_are_no_several_values() -> None:
    with pytest.raises(UserError, match=r"; a list is written as report.rows=\[a,b\]$"):
        check_swept(["report.rows"])
    check_swept(["seed", "device", "threads", "repeat", "optimizer", "optimizer.lr", "content"])


def a_plan(signatures: str, varied: tuple[str, ...], sweep: str | None = None) -> Plan:
    runs = tuple(PlannedRun(letter, letter, {}, ()) for letter in signatures)
    return Plan("mine", sweep, "", "python -m nst.run -m x=\x1b", "2026", varied, {}, {}, runs)


@pytest.mark.parametrize(
    ("new", "varied", "sweep"),
    [
        ("abc", ("seed",), None),  # more values
        ("a", (), None),  # fewer
        ("cxyz", ("seed", "init"), None),  # another key beside some of its runs
        ("cd", ("steps",), "sizes"),
    ],
)
def test_a_sweep_that_has_a_run_of_the_one_before_is_that(new: str, varied: tuple[str, ...], sweep: str | None) -> None:
    assert check_same(a_plan("abcd", ("seed",)), a_plan(new, varied, sweep), set(new)) is None
    assert check_same(None, a_plan(new, varied, sweep), set(new)) is None


def test_a_plan_that_knows_a_run_by_its_older_name_is_of_the_same_sweep() -> None:
    assert check_same(a_plan("ab", ("seed",)), a_plan("xy", ("steps",)), set("xyb")) is None


def test_other_runs_of_the_same_keys_are_said() -> None:
    line = check_same(a_plan("ab", ("seed",)), a_plan("xy", ("seed", "init")), set("xy"))
    assert line == (
        r"name=mine: was another sweep before (python -m nst.run -m x=\x1b); its plan and report are replaced, "
        "its runs stay in the store"
    )


@pytest.mark.parametrize(("varied", "sweep"), [(("steps",), None), (("seed",), "sizes")])
def test_another_sweep_needs_another_name(varied: tuple[str, ...], sweep: str | None) -> None:
    with pytest.raises(UserError, match="^name=mine: was another sweep before .*; choose another name"):
        check_same(a_plan("ab", ("seed",)), a_plan("xy", varied, sweep), set("xy"))
