"""An empty store, and one real run, the smallest there is, made once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nst.spec.spec import Spec
from nst.store.store import Store
from nst.transfer import Result, transfer


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture(scope="session")
def small(make_spec: Callable[..., Spec]) -> Spec:
    return make_spec(content_layers=("conv_1",), style_layers=("conv_2",), size=32, steps=2)


@pytest.fixture(scope="session")
def result(small: Spec) -> Result:
    return transfer(small)
