"""From the keys of `optimizer` to its settings: what is off is absent, nonsense is an error."""

from collections.abc import Callable
from typing import Any

import pytest

from nst.errors import UserError
from nst.spec.records import Adam, Lbfgs, Preconditioner
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.spec.signature import signature

MakeConfig = Callable[..., Config]


def test_optimizers(config: MakeConfig) -> None:
    assert resolve(config(optimizer={"name": "adam", "lr": 1})).optimizer == Adam(lr=1.0)
    chosen = {"name": "lbfgs", "history": 10, "clamp": "none", "tolerance_grad": 1e-7}
    assert resolve(config(optimizer=chosen)).optimizer == Lbfgs(
        history=10, clamp="none", tolerance_grad=1e-7, max_step=0.0, project_gradient=False
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ({}, None),
        ({"kind": "none"}, None),
        ({"kind": "none", "exponent": 2.0}, None),
        ({"kind": "fourier"}, Preconditioner("fourier", 1.0)),
        ({"kind": "fourier", "exponent": None}, Preconditioner("fourier", 1.0)),
        ({"kind": "fourier", "exponent": "0.5"}, Preconditioner("fourier", 0.5)),
        ({"kind": "pyramid"}, Preconditioner("pyramid", 1.0)),
        ({"kind": "adaptive"}, Preconditioner("adaptive", 0.5)),
        ({"kind": "adaptive", "exponent": 1}, Preconditioner("adaptive", 1.0)),
    ],
)
def test_a_preconditioner_is_absent_if_it_is_none(config: MakeConfig, given: Any, expected: Any) -> None:
    found = resolve(config(optimizer={"name": "lbfgs", "preconditioner": given})).optimizer
    assert found == Lbfgs(preconditioner=expected)


@pytest.mark.parametrize(("given", "expected"), [(None, None), (0, None), (0.5, 0.5), ("0.5", 0.5)])
def test_an_average_of_0_is_off(config: MakeConfig, given: Any, expected: float | None) -> None:
    assert resolve(config(optimizer={"name": "adam", "average": given})).optimizer == Adam(average=expected)


def test_a_whole_number_may_be_written_as_a_float(config: MakeConfig) -> None:
    specs = [resolve(config(optimizer={"name": "lbfgs", "history": n, "lr": lr})) for n, lr in ((100, 1.0), (100.0, 1))]
    assert specs[0] == specs[1] and signature(specs[0]) == signature(specs[1])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "^optimizer=None: unknown; choose from lbfgs, adam"),
        ({"name": "lbgfs"}, "^optimizer=lbgfs: unknown; did you mean 'lbfgs'"),
        ({"name": "adam", "history": 5}, "^unknown key 'optimizer.history'"),
        ({"name": "adam", "preconditioner": {"kind": "fourier"}}, "^unknown key 'optimizer.preconditioner'"),
        ({"name": "lbfgs", "preconditioner": "fourier"}, "^optimizer.preconditioner=fourier: has two keys, .*kind=f"),
        (
            {"name": "lbfgs", "preconditioner": {"knd": "fourier"}},
            "^unknown key 'optimizer.preconditioner.knd'",
        ),
        ({"name": "lbfgs", "preconditioner": {"kind": "furier"}}, "^optimizer.preconditioner.kind=furier: .*'fourier'"),
        ({"name": "lbfgs", "preconditioner": {"kind": None}}, "^optimizer.preconditioner.kind=None: must be text"),
        (
            {"name": "lbfgs", "preconditioner": {"kind": "fourier", "exponent": "high"}},
            "^optimizer.preconditioner.exponent=high: must be a number",
        ),
        ({"name": "lbfgs", "histroy": 5}, "^unknown key 'optimizer.histroy'; did you mean 'history'"),
        ({"name": "lbfgs", "history": 1.5}, "^optimizer.history=1.5: must be a whole number"),
        ({"name": "lbfgs", "history": float("inf")}, "^optimizer.history=inf: must be a whole number"),
        ({"name": "lbfgs", "history": None}, "^optimizer.history=None: must be a whole number"),
        ({"name": "lbfgs", "project_gradient": 2}, "^optimizer.project_gradient=2: must be true or false"),
        ({"name": "adam", "lr": "fast"}, "^optimizer.lr=fast: must be a number"),
        ({"name": "adam", "average": "long"}, "^optimizer.average=long: must be a number"),
        ({"name": "adam", "average": True}, "^optimizer.average=True: must be a number"),
    ],
)
def test_optimizer_settings_that_are_none(config: MakeConfig, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        resolve(config(optimizer=settings))
