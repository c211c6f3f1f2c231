"""The Wasserstein distance of Gaussians against numbers worked out on paper, and its known properties."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor
from torch import Tensor

import nst.losses.wasserstein as module
from nst.losses.base.roots import by_products, square_root
from nst.losses.gram import Loss as Gram
from nst.losses.mean_std import Loss as MeanStd
from nst.losses.wasserstein import Loss, Settings
from nst.objective.layer_losses import Statistic, statistic

TINY = Settings(eps=1e-14)


def plain(ours: Tensor, theirs: Tensor, mask: Tensor, eps: float = 1e-4) -> Tensor:
    """From the features, by the singular values of their product: tr R is the nuclear norm of S^(1/2) S'^(1/2)."""
    (mean, rows), (other, their_rows) = (_weighted(each, m, eps) for each, m in ((ours, mask), (theirs, None)))
    trace = torch.linalg.svdvals(rows @ their_rows.t()).sum()
    total = (mean - other).square().sum() + rows.square().sum() + their_rows.square().sum() - 2 * trace
    found: Tensor = total / len(mean)
    return found


def _weighted(of: Tensor, mask: Tensor | None, eps: float) -> tuple[Tensor, Tensor]:
    """Mean, and rows F so that F'F is the covariance and eps on its diagonal."""
    rows = of[0].flatten(1).t()
    weights = torch.ones(len(rows), 1).double() if mask is None else mask.flatten()[:, None] ** 2
    mean = (weights * rows).sum(0) / weights.sum()
    centred = (weights / weights.sum()).sqrt() * (rows - mean)
    return mean, torch.cat([centred, eps**0.5 * torch.eye(rows.shape[1]).double()])


def test_one_that_gram_cannot_tell_apart() -> None:
    """0, sqrt2 against 1, 1, both of second moment 1: (1 - 1/sqrt2)^2 + (1/sqrt2 - 0)^2 = 2 - sqrt2."""
    ours, theirs = tensor([0, 2**0.5]), statistic(tensor([1, 1]))
    assert float(Gram(theirs, 1.0).value_of(ours)) == pytest.approx(0, abs=1e-15)
    loss = Loss(theirs, 1.0, settings=TINY)
    assert float(loss.value_of(ours)) == pytest.approx(2 - 2**0.5, abs=1e-6)
    assert evaluate(loss, ours, [slice(0, 1)])[0] == pytest.approx(2 - 2**0.5, abs=1e-6)


def test_eps_counts_on_both_sides() -> None:
    """Deviations sqrt(.5 + 1e-4) and .01: .0857864 + .6971713^2."""
    loss = Loss(statistic(tensor([1, 1])), 1.0)
    assert float(loss.value_of(tensor([0, 2**0.5]))) == pytest.approx(0.0857864 + 0.6971775**2, abs=1e-6)


def test_value_and_gradient_by_hand() -> None:
    """1, 3 against 0, 6: means 2 and 3, deviations 1 and 3: 1 + 4; gradients -1 + (f - 2) (1 - 3): 1 and -3."""
    loss = Loss(statistic(tensor([0, 6])), 2.0, settings=TINY)
    value, gradient = evaluate(loss, tensor([1, 3]), [slice(0, 1)])
    assert value == pytest.approx(5) and gradient.flatten().tolist() == pytest.approx([2.0, -6.0])


def test_two_channels_by_hand() -> None:
    """Covariances diag(4, 1) and diag(1, 9), means 0: ((2 - 1)^2 + (1 - 3)^2) / 2."""
    ours, theirs = tensor([2, -2, 2, -2], [1, 1, -1, -1]), tensor([1, -1, 1, -1], [3, 3, -3, -3])
    value, gradient = evaluate(Loss(statistic(theirs), 1.0, settings=TINY), ours, [slice(0, 1)])
    assert value == pytest.approx(2.5)
    assert gradient[0, :, 0, 0].tolist() == pytest.approx([2 * (1 - 1 / 2) / 8 * 2, 2 * (1 - 3) / 8])


@pytest.mark.parametrize("height", [7, 1], ids=["many positions", "fewer than channels"])
@pytest.mark.parametrize("roots", ["eigenvalues", "products"])
@pytest.mark.parametrize("masked", [False, True])
def test_against_autograd_on_the_features(
    height: int, roots: str, masked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever root is used; in strips, with weights, and with a singular covariance."""
    if roots == "products":
        monkeypatch.setattr(module, "by_eigenvalues", lambda matrix, least: by_products(matrix))
    ours, theirs = feature(height, 5, channels=6), feature(4, 4, channels=6, seed=1) * 3 + 1
    mask = torch.rand(1, 1, height, 5, generator=torch.Generator().manual_seed(3)).double()
    weights = mask if masked else torch.ones_like(mask)
    variable = ours.clone().requires_grad_(True)
    expected = plain(variable, theirs, weights)
    (exact,) = torch.autograd.grad(2 * expected, variable)
    strips = [slice(0, 2), slice(2, 7)] if height == 7 else [slice(0, 1)]
    loss = Loss(statistic(theirs), 2.0, mask=mask if masked else None)
    value, gradient = evaluate(loss, ours, strips)
    assert value == pytest.approx(float(expected.detach()), rel=1e-10)
    assert float(loss.value_of(ours)) == pytest.approx(value, rel=1e-10)
    assert (gradient - exact).norm() / exact.norm() < (1e-10 if height == 7 else 1e-7)


def test_turning_both_changes_nothing() -> None:
    turn = torch.linalg.qr(feature(4, 4, channels=1)[0, 0]).Q
    ours, theirs = feature(6, 5), feature(4, 4, seed=1) * 3 + 1
    turned, theirs_turned = (torch.einsum("ij,njhw->nihw", turn, each) for each in (ours, theirs))
    found = float(Loss(statistic(theirs_turned), 1.0).value_of(turned))
    assert found == pytest.approx(float(Loss(statistic(theirs), 1.0).value_of(ours)), rel=1e-12)
    assert float(MeanStd(statistic(theirs_turned), 1.0).value_of(turned)) != pytest.approx(found, rel=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_means_and_deviations_are_a_lower_bound(seed: int) -> None:
    ours, theirs = feature(6, 5, seed=seed), statistic(feature(4, 4, seed=seed + 9) * 3 + 1)
    lower = MeanStd(theirs, 1.0, settings=None).value_of(ours)
    assert 0 < float(lower) < float(Loss(theirs, 1.0).value_of(ours)) + 1e-3


@pytest.mark.parametrize("height", [6, 1])
def test_equal_features_are_no_distance(height: int) -> None:
    value, gradient = evaluate(Loss(statistic(feature(height, 2)), 1.0), feature(height, 2), [slice(0, height)])
    assert 0 <= value < 1e-12 and gradient.norm() < 1e-6


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("ours", [torch.zeros(1, 4, 1, 1), torch.full((1, 4, 3, 5), 300.3), 1e4 * feature(1, 2)])
def test_singular_covariances_are_finite(ours: Tensor, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single position, a flat feature, and fewer positions than channels at a size whose rounding exceeds eps."""
    for _ in range(2):
        for theirs in (statistic(ours.to(dtype) + 1), statistic(feature(4, 4).to(dtype))):
            loss = Loss(theirs, 1.0)
            value, gradient = evaluate(loss, ours.to(dtype), [slice(0, ours.shape[2])])
            assert 0 <= value < float("inf") and gradient.isfinite().all()
            variable = ours.to(dtype).clone().requires_grad_(True)
            assert torch.autograd.grad(loss.value_of(variable), variable)[0].isfinite().all()
        monkeypatch.setattr(module, "by_eigenvalues", lambda matrix, least: by_products(matrix))


def test_the_targets_root_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(matrix: Tensor) -> Tensor:
        calls.append(matrix)
        return square_root(matrix)

    monkeypatch.setattr(module, "square_root", counted)
    loss = Loss(statistic(feature(4, 4)), 1.0)
    for seed in (1, 2):
        evaluate(loss, feature(3, 3, seed=seed), [slice(0, 3)])
    assert len(calls) == 1


def test_sums_of_bf16_are_in_float32() -> None:
    """(129/128)^2 x 2050 = 2082.15; bf16 has steps of 8 there, and of 4 for the first 1024."""
    ours = torch.ones(1, 1, 1, 2050, dtype=torch.bfloat16)
    loss = Loss(Statistic(torch.ones(1), torch.ones(1, 1)), 1.0)
    evaluate(loss, ours * (129 / 128), [slice(0, 1)])
    assert loss.products is not None and float(loss.products) == pytest.approx(2050 * (129 / 128) ** 2, rel=1e-6)


def test_eps_must_be_positive() -> None:
    with pytest.raises(ValueError, match=r"^eps=0: must be above 0$"):
        Settings(eps=0)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_cuda_graph_holds_it() -> None:
    """Recorded on one statistic and replayed on another: what the CPU finds by eigenvalues."""
    first, second, theirs = (statistic(feature(6, 5, seed=seed)) for seed in range(3))
    there = [Statistic(each.mean.cuda(), each.moment.cuda()) for each in (first, second, theirs)]
    loss, graph = Loss(there[2], 1.0), torch.cuda.CUDAGraph()
    loss.evaluate(there[0])
    torch.cuda.synchronize()
    with torch.cuda.graph(graph):
        found = loss.evaluate(there[0])
    for into, other in zip(there[0], there[1], strict=True):
        into.copy_(other)
    graph.replay()
    for one, exact in zip(found, Loss(theirs, 1.0).evaluate(second), strict=True):
        assert one is not None and exact is not None and torch.allclose(one.cpu(), exact, rtol=1e-8, atol=1e-10)


def test_no_matrix_is_made_on_the_cpu_for_another_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a CUDA graph takes no copies: the meta device refuses to mix with a CPU."""
    monkeypatch.setattr(module, "by_eigenvalues", lambda matrix, least: by_products(matrix))
    loss, like = Loss(None, 1.0), {"dtype": torch.float32, "device": "meta"}
    loss.style = torch.empty(3, **like).double(), torch.empty((), **like).double(), torch.empty(3, 3, **like).double()
    found = Statistic(torch.empty(3, **like), torch.empty(3, 3, **like))
    assert loss.covariance(found).device.type == "meta"
    assert all(part is not None and part.device.type == "meta" for part in loss.evaluate(found))
