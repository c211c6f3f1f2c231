"""Finding losses by name, and what goes into the signature besides the name."""

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from torch import Tensor

from nst import losses
from nst.errors import UserError
from nst.losses.gram import Loss as Gram
from nst.objective.layer_losses import Statistic, StatisticLoss


class MeanOnly(StatisticLoss):
    """Squared distance of channel means."""

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        return (found.mean - target.mean).square().mean()


@dataclass(frozen=True)
class Powers:
    power: float = 2.0

    def __post_init__(self) -> None:
        if self.power <= 0:
            raise ValueError(f"power={self.power}: must be above 0")


class Raised(MeanOnly):
    """A loss with a setting."""

    Settings = Powers
    version = 3


def test_the_files_are_the_names() -> None:
    assert {"gram", "mse", "tv"} <= set(losses.names())


def test_names_are_found_without_torch() -> None:
    code = "import sys, nst.losses; print(nst.losses.names()); assert 'torch' not in sys.modules"
    assert "gram" in subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_a_misspelt_one_is_told() -> None:
    with pytest.raises(UserError, match=r"^style_loss=gramm: unknown; did you mean 'gram'\?$"):
        losses.find("gramm", "style_loss")


def test_one_that_is_added_is_found_until_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses.PLUGINS, "added", {})
    losses.add("mean_only", MeanOnly)
    assert losses.find("mean_only") is MeanOnly and "mean_only" in losses.names()


@pytest.mark.parametrize("found", [3, int])
def test_what_is_no_loss_is_one_line(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses.PLUGINS, "added", {"mine": found})
    with pytest.raises(UserError, match="^style_loss=mine: its Loss does not derive from any kind of loss"):
        losses.find("mine", "style_loss")


def test_what_is_signed_beside_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing for version 1, later versions by number, and the source of a loss without a version."""
    assert losses.version(Gram) is None
    assert losses.version(Raised) == "3"
    found = losses.version(MeanOnly)
    assert found is not None and found.startswith("source ") and found == losses.version(MeanOnly)
    monkeypatch.setattr("inspect.getsource", lambda _: "edited")
    assert losses.version(MeanOnly) != found


def test_a_loss_with_a_function_of_its_own_under_closed_forms_of_another_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Heir(Gram):
        def distance(self, found: Statistic, target: Statistic) -> Tensor:
            return 9 * super().distance(found, target)

    monkeypatch.setattr(losses.PLUGINS, "added", {"heir": Heir})
    with pytest.raises(UserError, match=r"^style_loss=heir: its Loss has its own distance, but update of nst\.losses"):
        losses.find("heir", "style_loss")


def test_a_loss_without_its_function_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Empty(StatisticLoss):
        """Nothing."""

    monkeypatch.setattr(losses.PLUGINS, "added", {"empty": Empty})
    with pytest.raises(UserError, match="^style_loss=empty: its Loss does not define distance$"):
        losses.find("empty", "style_loss")


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [(MeanOnly, {}, ()), (Raised, {}, (("power", 2.0),)), (Raised, {"power": 3}, (("power", 3.0),))],
)
def test_settings_are_filled_in(kind: Any, values: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert losses.settings(kind, values, "losses.x.settings") == expected


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (MeanOnly, {"power": 1}, r"^losses\.x\.settings\.power: no such setting; this loss has none$"),
        (Raised, {"pwer": 1}, r"^losses\.x\.settings\.pwer: no such setting; did you mean 'power'\?$"),
        (Raised, {"power": "x"}, r"^losses\.x\.settings\.power=x: must be a number$"),
        (Raised, {"power": True}, r"^losses\.x\.settings\.power=True: must be a number$"),
        (Raised, {"power": [1]}, r"^losses\.x\.settings\.power=\[1\]: must be a number$"),
        (Raised, {"power": float("nan")}, r"^losses\.x\.settings\.power=nan: must be a finite number$"),
        (Raised, {"power": -1}, r"^losses\.x\.settings: power=-1\.0: must be above 0$"),
    ],
)
def test_wrong_settings_are_one_line(kind: Any, values: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        losses.settings(kind, values, "losses.x.settings")
