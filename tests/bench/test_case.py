"""The input of every engine: square pictures, the write-up's losses."""

from collections.abc import Iterator

import pytest
import torch

import nst
from nst.bench import tutorial
from nst.bench.case import Case, square_case
from nst.errors import UserError
from nst.networks.base.network import Network


@pytest.fixture(scope="module")
def small_case() -> Iterator[Case]:
    with square_case(32, "fp32", "cpu", 2) as made:
        yield made


def test_it_is_the_write_ups_transfer_on_square_pictures(small_case: Case) -> None:
    spec = small_case.spec
    layers = {"content": ("conv_4",), "style": tuple(f"conv_{n}" for n in range(1, 6))}
    assert {term.name: term.layers for term in spec.terms} == layers
    assert [(term.loss, term.weight) for term in spec.terms] == [("mse", 1.0), ("gram", 1e6)]
    assert (spec.start.kind, spec.network.pooling) == ("content", "max")
    assert spec.optimizer == nst.make_spec().optimizer
    assert small_case.content.shape == small_case.style.shape == (1, 3, 32, 32)
    assert len(small_case.weights().layers) == 5


def test_the_loss_of_the_content_is_all_style(small_case: Case, bundled: Network) -> None:
    grams = [
        {layer: tutorial.gram(f) for layer, f in bundled.features(picture, [f"conv_{n}" for n in range(1, 6)]).items()}
        for picture in (small_case.content, small_case.style)
    ]
    style = sum(float((grams[0][layer] - grams[1][layer]).square().mean()) for layer in grams[0])
    assert small_case.total_loss(small_case.content) == pytest.approx(1e6 * style, rel=1e-4)
    assert small_case.total_loss(small_case.content + 5) == small_case.total_loss(torch.ones(1, 3, 32, 32))


def test_a_device_that_is_not_there_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="device=tpu"), square_case(32, "fp32", "tpu", 1):
        pass
