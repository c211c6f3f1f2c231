"""The patch loss against numbers worked out on paper, and against a plain search over all pairs."""

import pytest
import torch
from objective.layers import evaluate, feature
from torch import Tensor

import nst.losses.patches as module
from nst.losses.patches import Loss, Settings, nearest


def make(target: Tensor, weight: float = 1.0, stride: int = 1) -> Loss:
    return Loss(target, weight, settings=Settings(stride))


def test_the_style_itself_is_no_loss() -> None:
    theirs = feature(6, 5, seed=1)
    value, gradient = evaluate(make(theirs), theirs.clone(), [slice(0, 2), slice(2, 6)])
    assert value == 0 and gradient.abs().max() == 0


def test_one_patch_by_hand() -> None:
    """Nine ones against nine threes: 4, and each number's gradient 2 (1 - 3) / 9, times 3."""
    ones = torch.ones(1, 1, 3, 3, dtype=torch.float64)
    value, gradient = evaluate(make(3 * ones, 3.0), ones, [slice(0, 3)])
    assert value == pytest.approx(4) and gradient.flatten().tolist() == pytest.approx([-4 / 3] * 9)


def test_similar_is_what_points_the_same_way() -> None:
    """The left patch is 10 times the picture, the right one nearer but turned: the left is matched, its distance 81."""
    ours = torch.arange(1.0, 10.0, dtype=torch.float64).view(1, 1, 3, 3)
    theirs = torch.cat([10 * ours, ours.flip(3)], 3)
    assert nearest(ours, theirs, stride=3).tolist() == [0]
    assert make(theirs, stride=3).value_of(ours).item() == pytest.approx(81 * ours.square().mean().item())


@pytest.mark.parametrize("block", [1, 60, 2**24])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_against_a_plain_search(stride: int, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    ours, theirs = feature(7, 5).requires_grad_(True), feature(6, 8, seed=1)
    patches = [ours[0, :, y : y + 3, x : x + 3].flatten() for y in range(5) for x in range(3)]
    styles = [theirs[0, :, y : y + 3, x : x + 3].flatten() for y in range(0, 4, stride) for x in range(0, 6, stride)]
    expected = torch.zeros((), dtype=torch.float64)
    for patch in patches:
        scores = [float(torch.cosine_similarity(patch.detach(), style, dim=0)) for style in styles]
        expected = expected + (patch - styles[scores.index(max(scores))]).square().mean() / len(patches)
    (exact,) = torch.autograd.grad(3 * expected, ours)
    loss = make(theirs, 3.0, stride)
    value, gradient = evaluate(loss, ours.detach(), [slice(0, 2), slice(2, 7)])
    assert value == pytest.approx(float(expected.detach()), rel=1e-10)
    assert (gradient - exact).norm() / exact.norm() < 1e-10
    assert float(loss.value_of(ours.detach())) == pytest.approx(value, rel=1e-12)


def test_patches_of_zeros_are_finite() -> None:
    """As after a ReLU, on either side; where all is equally unlike, the first patch is taken."""
    zeros = torch.zeros(1, 2, 4, 4)
    value, gradient = evaluate(make(zeros), torch.ones_like(zeros), [slice(0, 4)])
    assert value == pytest.approx(1) and gradient.isfinite().all()
    value, gradient = evaluate(make(torch.ones_like(zeros)), zeros, [slice(0, 4)])
    assert value == pytest.approx(1) and gradient.isfinite().all()


def test_a_feature_needs_a_patch() -> None:
    assert Loss.least_side(Settings()) == 3
    with pytest.raises(ValueError, match="^stride=0: must be 1 or more$"):
        Settings(0)
