"""The replicates of sweep `claims`: no pilot pictures, and enough of the others that share nothing."""

from typing import Any

import pytest
import yaml

from nst.statements.estimate import MINIMUM
from nst.statements.pictures import split
from nst.statements.runs import Run, disjoint
from nst.sweep.files import data_folder, sweep_files
from nst.writeup.claims import PILOTS

CASES: dict[str, dict[str, Any]] = yaml.safe_load(sweep_files()["claims"].read_text(encoding="utf-8"))["cases"]
MEANT: dict[str, str] = yaml.safe_load((data_folder("conf") / "pictures" / "builtin.yaml").read_text(encoding="utf-8"))


def run(**keys: str) -> Run:
    """A run of these pictures, with the stand-ins by their own names."""
    return Run({key: MEANT.get(name, name) for key, name in keys.items()}, {}, {}, "m")


def replicates(case: dict[str, Any]) -> list[Run]:
    """A run for each picture or pair of a case."""
    if "pictures" in case:
        return [run(**pair) for pair in case["pictures"]]
    kind = "content" if "content" in case else "style"
    return [run(**{kind: name}) for name in case[kind]]


@pytest.mark.parametrize("name", CASES)
def test_enough_independent_pictures_are_judged(name: str) -> None:
    _, judged = split(replicates(CASES[name]), PILOTS)
    assert len({run.pair for run in judged}) == len(judged) >= MINIMUM
    if "pictures" in CASES[name]:
        assert disjoint(judged) == judged


def test_some_stand_ins_are_pilots() -> None:
    """Otherwise, there would be nothing to leave out."""
    assert len(split(replicates(CASES["starts"]), PILOTS)[0]) == 2
