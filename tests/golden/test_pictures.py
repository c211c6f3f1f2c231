"""Every preset and kind of run against the picture that it made when its bits were first recorded."""

import json

import pytest
from sweep.command import new_process

from golden.cases import CASES, FILE, digest, rounding, spec
from nst.engine import transfer

GOLDEN = json.loads(FILE.read_text())


@pytest.fixture(scope="module", autouse=True)
def equal_rounding() -> None:
    """Skip if products round otherwise on this CPU or build of PyTorch: no picture can be equal to the bit there."""
    if rounding() != GOLDEN["rounding"]:
        pytest.skip(f"products round otherwise here than where the pictures were recorded (torch {GOLDEN['torch']})")


@pytest.mark.parametrize("name", CASES)
def test_is_equal_to_the_bit(name: str) -> None:
    with new_process():
        found = spec(*CASES[name])
    assert digest(transfer(found)) == GOLDEN["pictures"][name]


def test_every_case_is_recorded_and_differs() -> None:
    assert list(GOLDEN["pictures"]) == list(CASES)
    assert len(set(GOLDEN["pictures"].values())) == len(CASES)
