"""Keys of the network: absent in the spec at their defaults, refused in one line if wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from nst.errors import UserError
from nst.networks.base.crops import crops_name
from nst.spec.resolve import resolve
from nst.spec.schema import Config

MakeConfig = Callable[..., Config]


def test_defaults_are_absent(config: MakeConfig) -> None:
    plain = resolve(config()).network
    assert (plain.padding, plain.pooling_scale, plain.normalise) == (None, None, None)
    assert resolve(config(padding="zeros", pooling_scale=1, normalise=False)).network == plain


def test_settings_are_taken_over(config: MakeConfig) -> None:
    found = resolve(config(pooling="l2", padding="replicate", pooling_scale=0.78, normalise=True)).network
    assert (found.pooling, found.padding, found.pooling_scale) == ("l2", "replicate", 0.78)
    assert found.normalise == crops_name()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pooling_scale": 0}, "pooling_scale=0: must be a number above 0$"),
        ({"pooling_scale": -0.5}, "pooling_scale=-0.5: must be a number above 0$"),
        ({"pooling_scale": float("nan")}, "pooling_scale=nan: must be a finite number"),
        ({"pooling_scale": "big"}, "pooling_scale=big: must be a number"),
        ({"padding": "reflect"}, "padding=reflect: unknown; choose from zeros, replicate"),
        ({"pooling": "l1"}, "pooling=l1: unknown; choose from max, avg, l2"),
        ({"balance": "layer"}, "balance=layer: unknown; did you mean 'layers'"),
        ({"balance": "total", "style_weight": 0.0, "init": "noise"}, "balance=total: no style loss to balance"),
    ],
)
def test_wrong_ones_are_refused(config: MakeConfig, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=f"^{said}"):
        resolve(config(**changes))
