"""Every preset and kind of run against its recorded picture, bit for bit."""

import json

import pytest
from sweep.command import new_process

from golden.cases import CASES, FILE, digest, rounding, spec
from nst.engine import transfer
from nst.hardware.device import has_bf16

GOLDEN = json.loads(FILE.read_text())


@pytest.fixture(scope="module", autouse=True)
def equal_rounding() -> None:
    """Skip if products round otherwise on this CPU or build of PyTorch: no picture can be equal to the bit there."""
    if rounding() != GOLDEN["rounding"]:
        pytest.skip(f"products round otherwise here than where the pictures were recorded (torch {GOLDEN['torch']})")


def case(name: str) -> object:
    """A case; bf16 takes minutes where the CPU has none."""
    return pytest.param(name, marks=[pytest.mark.slow] if "bf16" in name and not has_bf16("cpu") else [])


@pytest.mark.parametrize("name", [case(name) for name in CASES])
def test_is_equal_to_the_bit(name: str) -> None:
    with new_process():
        found = spec(*CASES[name])
    assert digest(transfer(found)) == GOLDEN["pictures"][name]


def test_every_case_is_recorded_and_differs() -> None:
    assert list(GOLDEN["pictures"]) == list(CASES)
    assert len(set(GOLDEN["pictures"].values())) == len(CASES)
