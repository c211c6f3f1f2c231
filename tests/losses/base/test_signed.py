"""What is signed of a loss: its version, or a digest that changes if and only if the loss does."""

import subprocess
import sys

import pytest

from nst.losses.base.signed import version
from nst.losses.gram import Loss as Gram

TYPED = """
from nst.losses.base.signed import version
from nst.objective.layer_losses import StatisticLoss

SCALE = {scale}

def square(x):
    return x{operator}x

class Loss(StatisticLoss):
    power = {power}

    def distance(self, found, target):
        parts = map(lambda x: square(x) * SCALE, [found.mean - target.mean])
        return sum(part.sum() for part in parts)

print(version(Loss))
"""


def typed(scale: int = 1, operator: str = "*", power: int = 2) -> str:
    """The version of a loss that was typed into a new interpreter."""
    text = TYPED.format(scale=scale, operator=operator, power=power)
    return subprocess.run([sys.executable, "-"], input=text, capture_output=True, text=True, check=True).stdout


def test_a_loss_typed_into_an_interpreter_is_signed_alike_in_each() -> None:
    assert typed() == typed() and typed().startswith("source ")


@pytest.mark.parametrize("changed", [{"scale": 2}, {"operator": "+"}, {"power": 7}])
def test_what_a_typed_loss_uses_is_signed(changed: dict[str, int]) -> None:
    assert typed(**changed) != typed()  # type: ignore[arg-type]


def test_a_loss_derived_from_another_has_its_own_version() -> None:
    class Heir(Gram):
        """Another loss, which may differ in anything."""

    class Second(Gram):
        version = 2

    found = version(Heir)
    assert found is not None and found.startswith("source ")
    assert version(Second) == "2" and version(Gram) is None
