"""The page on the configuration has every key, every choice, and every variable of the environment that nst reads."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import nst
from docs.make.configuration import ENVIRONMENT, defaults, is_signed, keys, page
from nst.spec.records import OPTIMIZERS
from nst.spec.schema import BlendConfig, Config
from nst.sweep.files import data_folder, sweep_files

GROUPS = ("optimizer", "pictures")
INTERNAL = ("purpose",)
"""Set by what reads a sweep's file."""


@pytest.fixture(scope="module")
def text() -> str:
    return page()


def test_every_key_of_the_schema_and_no_other(text: str) -> None:
    known = {field.name for field in fields(Config)} - {*GROUPS, *INTERNAL}
    assert {entry.key.partition(".")[0] for entry in keys()} == known
    assert {f"blend.{field.name}" for field in fields(BlendConfig)} < {entry.key for entry in keys()}
    assert all(f"| `{entry.key}` |" in text for entry in keys())


def test_every_key_says_what_it_is() -> None:
    assert [entry.key for entry in keys() if not entry.comment] == []


def test_every_setting_of_the_optimizers(text: str) -> None:
    settings = {field.name for kind in OPTIMIZERS.values() for field in fields(kind)}
    assert all(f"| `{name}` |" in text for name in settings)


@pytest.mark.parametrize("group", ["preset", "profile", "optimizer", "pictures", "hydra/launcher"])
def test_every_choice_of_every_group(group: str, text: str) -> None:
    choices = [path.stem for path in (data_folder("conf") / group).glob("*.yaml")]
    assert choices and all(f"`{group}={choice}`" in text for choice in choices)


def test_every_sweep(text: str) -> None:
    assert all(f"| `{name}` |" in text for name in sweep_files())


def test_the_choices_that_are_taken_by_themselves() -> None:
    found = defaults()
    assert (found["preset"], found["profile"], found["optimizer"], found["sweep"]) == ("writeup", "full", "lbfgs", None)


def test_what_a_preset_takes_over(text: str) -> None:
    assert "| `optimizer` | `lbfgs_tutorial` |" in text and "| all of `lbfgs` |" in text


@pytest.mark.parametrize(
    ("key", "expected"),
    [("size", True), ("precision", True), ("blend.mask", True), ("optimizer.lr", True)]
    + [("threads", False), ("runs_dir", False), ("report.rows", False), ("checkpoint_every", False)],
)
def test_what_counts_in_a_signature(key: str, expected: bool) -> None:
    assert is_signed(key) == expected


def test_every_variable_of_the_environment_that_is_read() -> None:
    """Those of the bench, which sets what it needs for its own processes, aside."""
    sources = [path for path in Path(nst.__file__).parent.rglob("*.py") if path.parent.name not in ("bench", "docs")]
    read = {name for path in sources for name in re.findall(r'environ\.get\("(\w+)"', path.read_text())}
    assert read <= set(ENVIRONMENT)
    from nst.hardware.device import GRANTS
    from nst.sweep.hydra.workers import VISIBLE

    assert {*GRANTS, VISIBLE} <= set(ENVIRONMENT)
