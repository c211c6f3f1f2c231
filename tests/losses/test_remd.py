"""The relaxed earth mover's distance against numbers worked out on paper, and against a plain one of all pairs."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor
from torch import Tensor

import nst.losses.remd as module
from nst.losses.remd import Loss, Settings


def make(target: Tensor, weight: float = 1.0, **settings: int | bool) -> Loss:
    return Loss(target, weight, settings=Settings(**settings))  # type: ignore[arg-type]


def test_the_worked_number() -> None:
    """e1 and e2 against e1: the mean way there is (0 + 1) / 2, back 0; and the other way round."""
    both, one = tensor([1, 0], [0, 1]), tensor([1], [0])
    assert make(one).value_of(both) == 0.5 and make(both).value_of(one) == 0.5


def test_lengths_do_not_matter() -> None:
    ours, theirs = feature(6, 5), feature(4, 4, seed=1)
    assert make(5 * theirs).value_of(3 * ours).item() == pytest.approx(make(theirs).value_of(ours).item(), rel=1e-12)


@pytest.mark.parametrize("block", [1, 100, 2**22])
@pytest.mark.parametrize("scales", [(1.0, 0.05), (0.05, 1.0)])
def test_against_a_plain_one_of_all_pairs(
    scales: tuple[float, float], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way from the feature with few directions, that of the small scale, is the shorter one."""
    monkeypatch.setattr(module, "BLOCK", block)
    theirs = feature(1, 1, seed=2) + scales[1] * feature(6, 4, seed=1)
    ours = (feature(1, 1, seed=2) + scales[0] * feature(7, 5)).requires_grad_(True)
    x, y = (each[0].flatten(1).t() for each in (ours, theirs))
    costs = 1 - torch.cosine_similarity(x[:, None], y[None], dim=2)
    ways = costs.min(1).values.mean(), costs.min(0).values.mean()
    assert (ways[0] < ways[1]) == (scales[0] < scales[1])
    expected = torch.maximum(*ways)
    (exact,) = torch.autograd.grad(3 * expected, ours)
    loss = make(theirs, 3.0)
    value, gradient = evaluate(loss, ours.detach(), [slice(0, 2), slice(2, 7)])
    assert value == pytest.approx(float(expected.detach()), rel=1e-10)
    assert (gradient - exact).norm() / exact.norm() < 1e-10


@pytest.mark.parametrize("strips", [[slice(0, 7)], [slice(0, 2), slice(2, 4), slice(4, 7)]])
@pytest.mark.parametrize("resample", [False, True])
def test_sampled_positions_alone_have_a_gradient(strips: list[slice], resample: bool) -> None:
    ours, theirs = feature(7, 5).requires_grad_(True), feature(6, 4, seed=1)
    loss = make(theirs, 2.0, samples=6, resample=resample)
    loss.evaluation = torch.tensor(3)
    (exact,) = torch.autograd.grad(2 * loss.value_of(ours), ours)
    value, gradient = evaluate(loss, ours.detach(), strips)
    assert value == pytest.approx(loss.value_of(ours.detach()).item(), rel=1e-12)
    assert torch.allclose(gradient, exact, rtol=1e-10, atol=1e-15)
    assert 0 < int((gradient != 0).any(1).sum()) <= 6


def test_rows_of_zeros_are_finite() -> None:
    """They are at distance 1 from all: the mean way back of the other row, 0, is the shorter one."""
    ours = tensor([0, 1], [0, 0])
    value, gradient = evaluate(make(tensor([1], [0])), ours, [slice(0, 1)])
    assert value == 0.5 and gradient.isfinite().all()


def test_more_positions_may_be_searched_than_compared_with_each_other() -> None:
    assert Settings(samples=65536).samples == 65536
    with pytest.raises(ValueError, match="^samples=65537: must be from 2 to 65536$"):
        Settings(samples=65537)
