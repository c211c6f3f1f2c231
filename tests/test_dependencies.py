"""Lower bounds of the dependencies are versions that were tried, and the tested versions satisfy them."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGE = [Requirement(line) for line in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["video"])]
EXTRAS = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines]
TESTED = dict(re.findall(r"^(\S+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE))
TRIED = dict(re.findall(r"([\w-]+) (\d[\d.]*\d)", (ROOT / "CONTRIBUTING.md").read_text().split("Last tried")[-1]))
NEWER = {"torch", "torchvision"}
"""Tried in a newer version only."""


def lower(requirement: Requirement) -> str:
    """Return the one lower bound, or the one version that is allowed."""
    (bound,) = (part.version for part in requirement.specifier if part.operator in (">=", "=="))
    return bound


@pytest.mark.parametrize("requirement", [r for r in (*PACKAGE, *EXTRAS) if r.name != "nst"], ids=lambda r: r.name)
def test_the_tested_version_satisfies_the_bounds(requirement: Requirement) -> None:
    assert requirement.specifier.contains(TESTED[requirement.name]) and lower(requirement)


@pytest.mark.parametrize("requirement", [r for r in PACKAGE if r.name not in NEWER], ids=lambda r: r.name)
def test_the_lower_bound_is_a_version_that_was_tried(requirement: Requirement) -> None:
    assert lower(requirement) == TRIED[requirement.name]


def test_the_tests_own_bounds_are_those_of_make_lowest() -> None:
    wanted = [str(r) for r in EXTRAS if r.name in ("hypothesis", "pytest")]
    assert re.findall(r"'((?:hypothesis|pytest)>=[^']+)'", (ROOT / "Makefile").read_text(encoding="utf-8")) == wanted
