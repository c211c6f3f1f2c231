"""A loss's function and its closed forms belong to one class; its digest changes if and only if the loss does."""

import subprocess
import sys
from functools import cache

import pytest

from nst.losses.base import closed_form_clash, version
from nst.losses.gram import Loss as Gram
from nst.losses.mse import Loss as Mse
from nst.losses.tv import Loss as Tv
from nst.objective.layer_losses import ChannelLoss, FeatureLoss, StatisticLoss, WholeLoss

TYPED = """
from nst.losses.base import version
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


@cache
def typed(scale: int = 1, operator: str = "*", power: int = 2) -> str:
    """The version of a loss that was typed into a new interpreter."""
    text = TYPED.format(scale=scale, operator=operator, power=power)
    return subprocess.run([sys.executable, "-"], input=text, capture_output=True, text=True, check=True).stdout


def test_a_loss_typed_into_an_interpreter_is_signed_alike_in_each() -> None:
    assert typed() == typed.__wrapped__() and typed().startswith("source ")


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


def with_own(kind: type, *names: str) -> type:
    return type("Own", (kind,), {"__module__": __name__, **dict.fromkeys(names, lambda self: None)})


def test_each_built_in_loss_has_both() -> None:
    assert [closed_form_clash(kind) for kind in (Gram, Mse, Tv)] == [None, None, None]


def test_a_function_alone_is_told_with_what_it_would_not_change() -> None:
    assert (closed_form_clash(with_own(Gram, "distance")) or "").startswith(
        "has its own distance, but update of nst.losses.gram.Loss; derive it from a kind"
    )
    assert "has its own pointwise" in (closed_form_clash(with_own(Mse, "pointwise")) or "")


@pytest.mark.parametrize("kind", [StatisticLoss, FeatureLoss, WholeLoss, ChannelLoss])
def test_a_kind_has_no_closed_forms_and_is_not_signed(kind: type) -> None:
    function = "pointwise" if kind is FeatureLoss else "distance"
    assert closed_form_clash(with_own(kind, function)) is None
    assert version(with_own(kind, function)) == version(with_own(object, function))


def test_closed_forms_of_its_own_may_follow() -> None:
    assert closed_form_clash(with_own(Gram, "distance", "finish")) is None
    assert closed_form_clash(with_own(Gram, "mixes")) is None
