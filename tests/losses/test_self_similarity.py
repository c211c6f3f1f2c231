"""Self-similarity: changes it ignores, numbers by hand, and a plain implementation."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor
from torch import Tensor

from nst.losses.self_similarity import EPSILON, Loss, shares
from nst.objective.sampling import Sample


def make(target: Tensor, weight: float = 1.0, **settings: int | bool) -> Loss:
    return Loss(target, weight, settings=Sample(**settings))  # type: ignore[arg-type]


def test_by_hand() -> None:
    """e1, e2, e1: distances 0 1 0, 1 0 1, 0 1 0, columns sum to 1, 2, 1. Against e1, e2, e2: sums 2, 1, 1.

    Shares 0 1/2 0, 1 0 1, 0 1/2 0 and 0 1 1, 1/2 0 0, 1/2 0 0: 1.5, 1.5 and 1 in the rows, over 9.
    """
    ours, theirs = tensor([1, 0, 1], [0, 1, 0]), tensor([1, 0, 0], [0, 1, 1])
    assert make(theirs).value_of(ours).item() == pytest.approx((1.5 + 1.5 + 1) / 9, rel=1e-3)


def test_a_scale_changes_nothing() -> None:
    ours, theirs = feature(5, 4), feature(5, 4, seed=1)
    found = make(theirs).value_of(ours).item()
    assert make(theirs).value_of(3 * ours).item() == pytest.approx(found, rel=1e-12)
    assert make(theirs).value_of(3 * theirs).item() < 1e-15


def test_permuting_both_alike_changes_nothing() -> None:
    ours, theirs, order = feature(5, 4), feature(5, 4, seed=1), torch.randperm(20)
    mixed = [each.flatten(2)[:, :, order].view_as(each) for each in (ours, theirs)]
    assert make(mixed[1]).value_of(mixed[0]).item() == pytest.approx(make(theirs).value_of(ours).item(), rel=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("flat", [0.0, 2.0])
def test_a_flat_picture_is_finite(flat: float, dtype: torch.dtype) -> None:
    still = torch.full((1, 3, 5, 4), flat, dtype=dtype)
    for ours, theirs in ((still, feature(5, 4)[:, :3].to(dtype)), (feature(5, 4)[:, :3].to(dtype), still)):
        value, gradient = evaluate(make(theirs), ours, [slice(0, 5)])
        assert 0 < value < 1 and gradient.isfinite().all()


@pytest.mark.parametrize("samples", [6, 1024])
def test_against_a_plain_implementation(samples: int) -> None:
    ours, theirs = feature(7, 5).requires_grad_(True), feature(7, 5, seed=1)
    loss = make(theirs, 3.0, samples=samples)
    places, parts = loss.places(ours), []
    for each in (ours, theirs):
        rows = each[0].flatten(1).t()[places]
        distances = 1 - torch.cosine_similarity(rows[:, None], rows[None], dim=2)
        parts.append(distances / (EPSILON + distances.sum(0)))
    expected = (
        sum((a - b).abs() for a, b in zip(parts[0].flatten(), parts[1].flatten(), strict=True)) / len(places) ** 2
    )
    (exact,) = torch.autograd.grad(3 * expected, ours)
    value, gradient = evaluate(loss, ours.detach(), [slice(0, 2), slice(2, 7)])
    assert value == pytest.approx(float(expected.detach()), rel=1e-10)
    assert (gradient - exact).norm() / exact.norm() < 1e-10


def test_shares_of_a_column_sum_to_one() -> None:
    assert torch.allclose(shares(feature(5, 4)[0].flatten(1).t()).sum(0), torch.ones(20).double(), atol=1e-3)
