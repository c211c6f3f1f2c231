import itertools
import re

import pytest

from nst.errors import UserError
from nst.sweep.names import LONGEST, check_name, sweep_name


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
    ],
)
def test_other_settings_make_a_readable_suffix(overrides: list[str], name: str) -> None:
    found = {sweep_name("sizes", ["sweep=sizes", *order], []) for order in itertools.permutations(overrides)}
    assert len(found) == 1
    assert sorted(found.pop().split("-")) == sorted(name.split("-"))


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


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../up", " a", "a\nb", "a'b", "a:b"])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="^name="):
        sweep_name("sizes", [], [], name)
