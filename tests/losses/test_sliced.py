"""The sliced Wasserstein loss against numbers worked out on paper, and properties of its directions."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor
from torch import Tensor

from nst.losses.histogram import Loss as Histogram
from nst.losses.sliced import Loss, Settings, orthonormal

ROOT = 2**0.5


def make(target: Tensor, weight: float = 1.0, **settings: int | bool) -> Loss:
    return Loss(target, weight, settings=Settings(**settings))  # type: ignore[arg-type]


def test_the_worked_number() -> None:
    """One channel has one direction, 1 or -1: .5858, as for histograms."""
    assert make(tensor([1, 1])).value_of(tensor([0, ROOT])).item() == pytest.approx(2 - ROOT, rel=1e-12)


def test_one_channel_is_the_sorted_difference() -> None:
    ours, theirs = (feature(6, 5, seed=seed)[:, :1] for seed in (0, 1))
    assert make(theirs).value_of(ours).item() == pytest.approx(Histogram(theirs, 1.0).value_of(ours).item(), rel=1e-12)


def test_permuted_positions_are_no_loss() -> None:
    theirs = feature(6, 5, seed=1)
    ours = theirs.flatten(2)[:, :, torch.randperm(30)].view_as(theirs)
    assert make(theirs).value_of(ours) < 1e-28


def test_a_moved_style_is_the_squared_distance_over_the_channels() -> None:
    """Sorted projections on v move by v.d, and an orthonormal basis has sum (v.d)^2 = |d|^2; 1, 2, 2: 9 / 3."""
    theirs = feature(6, 5, seed=1)[:, :3]
    moved = theirs + torch.tensor([1.0, 2.0, 2.0], dtype=torch.float64).view(1, 3, 1, 1)
    for seed in range(3):
        assert make(theirs, seed=seed).value_of(moved).item() == pytest.approx(3, rel=1e-12)
        assert make(theirs, seed=seed, directions=6).value_of(moved).item() == pytest.approx(3, rel=1e-12)


def test_fewer_or_fresh_directions_are_so_on_average() -> None:
    """400 draws: one direction's (v.d)^2 has, for 3 channels, a standard deviation of .9 times its mean of 3."""
    theirs = feature(3, 2, seed=1)[:, :3]
    moved = theirs + torch.tensor([1.0, 2.0, 2.0], dtype=torch.float64).view(1, 3, 1, 1)
    fixed = [make(theirs, seed=seed, directions=1).value_of(moved).item() for seed in range(400)]
    assert sum(fixed) / 400 == pytest.approx(3, abs=4 * 0.9 * 3 / 20) and max(fixed) - min(fixed) > 3
    loss, fresh = make(theirs, resample=True), []
    for number in range(400):
        loss.evaluation = torch.tensor(number)
        fresh.append(loss.value_of(moved).item())
    assert sum(fresh) / 400 == pytest.approx(3, abs=4 * 0.9 * 3 / 20 / 3**0.5) and max(fresh) - min(fresh) > 1


@pytest.mark.parametrize("count", [1, 4, 6, 13])
def test_directions_are_unit_and_orthogonal_within_each_basis(count: int) -> None:
    found = orthonormal(count, 6, seed=2)
    for basis in torch.split(found, 6):
        assert torch.allclose(basis @ basis.t(), torch.eye(len(basis), dtype=torch.float64), atol=1e-12)
    assert found.shape == (count, 6) and not torch.equal(found, orthonormal(count, 6, seed=3))


@pytest.mark.parametrize("resample", [False, True])
@pytest.mark.parametrize("directions", [0, 2, 9])
def test_against_a_plain_implementation(directions: int, resample: bool) -> None:
    """One direction after the other, quantiles by NumPy."""
    import numpy as np

    ours, theirs = feature(7, 5).requires_grad_(True), feature(4, 6, seed=1)
    loss = make(theirs, 3.0, directions=directions, resample=resample)
    loss.evaluation = torch.tensor(4)
    axes, total = loss.directions(ours), torch.zeros((), dtype=torch.float64)
    assert axes.shape == (directions or ours.shape[1], ours.shape[1])
    for axis in axes:
        style = np.sort(torch.einsum("c,chw->hw", axis, theirs[0]).flatten().numpy())
        held = np.interp((np.arange(35) + 0.5) / 35, (np.arange(24) + 0.5) / 24, style)
        numbers = torch.einsum("c,chw->hw", axis, ours[0]).flatten()
        total = total + (numbers[numbers.argsort()] - torch.from_numpy(held)).square().mean()
    expected = total / len(axes)
    (exact,) = torch.autograd.grad(3 * expected, ours)
    for _ in range(2):
        value, gradient = evaluate(loss, ours.detach(), [slice(0, 2), slice(2, 7)])
        assert value == pytest.approx(float(expected.detach()), rel=1e-10)
        assert (gradient - exact).norm() / exact.norm() < 1e-10


def test_fresh_directions_are_those_of_the_evaluation() -> None:
    loss = make(feature(4, 4, seed=1), resample=True)
    found = []
    for number in (1, 2, 1):
        loss.evaluation = torch.tensor(number)
        found.append(evaluate(loss, feature(5, 4), [slice(0, 5)])[0])
    assert found[0] == found[2] != found[1]


@pytest.mark.parametrize("values", [{"directions": -1}, {"seed": -1}])
def test_settings_out_of_range_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=rf"^{next(iter(values))}=-1: must be"):
        Settings(**values)  # type: ignore[arg-type]
