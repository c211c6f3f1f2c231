"""The Gram loss against numbers worked out on paper."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor
from torch import Tensor

from nst.losses.gram import Loss, gram
from nst.objective.layer_losses import statistic


def gram_of(found: Tensor, mask: Tensor | None = None) -> Tensor:
    return gram(statistic(found, mask))


@pytest.mark.parametrize(("channels", "height", "width"), [(1, 1, 1), (4, 3, 5), (64, 8, 8)])
def test_gram_of_all_ones(channels: int, height: int, width: int) -> None:
    """Every product of channels sums to H W, divided by C H W: 1 / C everywhere."""
    expected = torch.full((channels, channels), 1 / channels, dtype=torch.float64)
    assert torch.allclose(gram_of(torch.ones(1, channels, height, width, dtype=torch.float64)), expected, rtol=1e-15)


def test_gram_of_two_channels() -> None:
    """(1, 2) and (3, -1): 1 + 4 = 5, 3 - 2 = 1, 9 + 1 = 10, over C H W = 4."""
    expected = torch.tensor([[1.25, 0.25], [0.25, 2.5]], dtype=torch.float64)
    assert torch.equal(gram_of(tensor([1, 2], [3, -1])), expected)


def test_gram_does_not_depend_on_memory_layout_or_size() -> None:
    found = torch.rand(1, 5, 4, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    last = found.contiguous(memory_format=torch.channels_last)
    assert torch.allclose(gram_of(last), gram_of(found), rtol=1e-14)
    assert torch.allclose(gram_of(found.repeat(1, 1, 3, 2)), gram_of(found), rtol=1e-14)


def test_gram_of_half_precision_is_summed_in_float32() -> None:
    """65536 ones: in bfloat16 a sum of ones stops growing at 256."""
    found = gram_of(torch.ones(1, 1, 256, 256, dtype=torch.bfloat16))
    assert found.dtype == torch.float32 and found.item() == 1
    assert gram_of(torch.ones(1, 1, 2, 2)).dtype == torch.float32
    assert gram_of(torch.ones(1, 1, 2, 2).double()).dtype == torch.float64


@pytest.mark.parametrize(("mask", "expected"), [((1, 1, 0.5, 0.5), 4.5), ((1, 1, 0, 0), 2.5), ((1, 1, 1, 1), 7.5)])
def test_a_mask_weighs_by_its_square(mask: tuple[float, ...], expected: float) -> None:
    """One channel 1, 2, 3, 4. Squares 1, 1, 1/4, 1/4: (1 + 4 + 9/4 + 16/4) / 2.5; half of it: 5 / 2; all: 30 / 4."""
    found = gram_of(tensor([1, 2, 3, 4]), torch.tensor(mask, dtype=torch.float64).view(1, 1, 1, 4))
    assert found.item() == pytest.approx(expected, rel=1e-15)


def test_the_loss_is_over_the_gram_matrix() -> None:
    """The Gram matrix above against zeros: (1.25^2 + 2 x 0.25^2 + 2.5^2) / 4 = 7.9375 / 4."""
    zeros = statistic(torch.zeros(1, 2, 1, 1, dtype=torch.float64))
    assert Loss(zeros, 1.0).value_of(tensor([1, 2], [3, -1])) == 7.9375 / 4


def test_it_does_not_see_where_things_are() -> None:
    found = torch.rand(1, 3, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert Loss(statistic(found), 1.0).value_of(found.flip(3).transpose(2, 3)) < 1e-30


def test_value_and_gradient_by_hand() -> None:
    """One channel 1, 3: G = 10 / 2 = 5, A = 4, loss 1; dG/df = f, so 2 (G - A) f: 2 and 6, times the weight 3."""
    target = statistic(torch.tensor([2.0, 2.0]).view(1, 1, 1, 2))
    value, gradient = evaluate(Loss(target, 3.0), torch.tensor([1.0, 3.0]).view(1, 1, 1, 2), [slice(0, 1)])
    assert value == pytest.approx(1.0) and gradient.flatten().tolist() == pytest.approx([6.0, 18.0])


def test_a_mixed_target_is_the_sum_of_losses_but_for_a_constant() -> None:
    """G = 0 against A = 1 and 3, half each: 5 = 4 + 1, the loss against their mean and a constant; one gradient."""
    zero = torch.zeros(1, 1, 1, 1, dtype=torch.float64)
    targets = [statistic(torch.full_like(zero, a**0.5)) for a in (1.0, 3.0)]
    mixed = statistic(torch.full_like(zero, 2.0**0.5))
    assert sum(Loss(target, 1.0).value_of(zero) / 2 for target in targets).item() == pytest.approx(5)
    assert Loss(mixed, 1.0).value_of(zero).item() == pytest.approx(4)
    ours, parts = feature(2, 3, 1), []
    for target, weight in ((targets[0], 0.5), (targets[1], 0.5), (mixed, 1.0)):
        parts.append(evaluate(Loss(target, weight), ours, [slice(0, 2)])[1])
    assert torch.allclose(parts[0] + parts[1], parts[2], rtol=1e-12)


def test_it_is_a_maximum_mean_discrepancy() -> None:
    """Of the kernel (x'y)^2, over C^4: mean k(f, f') + mean k(s, s') - 2 mean k(f, s) over rows (Li et al. 2017)."""
    ours, theirs = feature(4, 5), feature(3, 3, seed=1)
    rows, others = (each[0].flatten(1).t() for each in (ours, theirs))
    kernels = [(one @ other.t()).square().mean() for one, other in ((rows, rows), (others, others), (rows, others))]
    expected = float(kernels[0] + kernels[1] - 2 * kernels[2]) / 4**4
    assert float(Loss(statistic(theirs), 1.0).value_of(ours)) == pytest.approx(expected, rel=1e-12)
