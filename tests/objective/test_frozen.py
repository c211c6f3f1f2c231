"""Frozen pixels: no gradient where the mask is white, and no optimizer moves them."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from nst.objective.frozen import Frozen
from nst.objective.reference import Evaluation
from nst.optimizer.loop import make_optimizer, optimise
from nst.spec.records import Adam, Lbfgs, Preconditioner

WHITE = 255
FILTERED = tuple(Lbfgs(clamp=clamp, preconditioner=Preconditioner("fourier")) for clamp in ("projected", "closure"))
"""Though a preconditioner moves neighbours along."""


class Stretched:
    """Squares of the difference from grey, each pixel's with another weight, and of that of all neighbours."""

    names = ("squares",)

    def losses(self, picture: Tensor) -> Evaluation:
        weights = torch.linspace(1, 50, picture.numel(), dtype=picture.dtype).view_as(picture)
        differences = (picture[..., 1:] - picture[..., :-1]).square().sum()
        total = (weights * (picture - 0.4).square()).sum() + 9 * differences
        return Evaluation(total[None], total)

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        variable = picture.detach().requires_grad_(True)
        losses = self.losses(variable)
        (gradient,) = torch.autograd.grad(losses.total, variable)
        return Evaluation(losses.terms.detach(), losses.total.detach()), gradient


def start() -> Tensor:
    return torch.rand(1, 3, 6, 8, generator=torch.Generator().manual_seed(1))


def frozen(levels: np.ndarray) -> Frozen:
    objective: object = Stretched()
    return Frozen(objective, Image.fromarray(levels.astype(np.uint8)), start())  # type: ignore[arg-type]


def test_the_gradient_is_weighed_and_the_loss_is_not() -> None:
    """White 0, black 1, and 51 of 255 leaves .8."""
    levels = np.zeros((6, 8))
    levels[:2], levels[2:4] = WHITE, 51
    (plain, exact), (losses, gradient) = (each.loss_and_gradient(start()) for each in (Stretched(), frozen(levels)))
    assert losses.total == plain.total == frozen(levels).losses(start()).total
    assert (gradient[:, :, :2] == 0).all() and (gradient[:, :, 4:] == exact[:, :, 4:]).all()
    assert torch.allclose(gradient[:, :, 2:4], 0.8 * exact[:, :, 2:4])


@pytest.mark.parametrize(
    "settings",
    [Lbfgs(), Lbfgs(clamp="closure"), Lbfgs(history_dtype="bf16"), Lbfgs(max_step=0), *FILTERED, Adam()],
    ids=["projected", "closure", "bf16", "uncapped", "filtered", "filtered closure", "adam"],
)
def test_white_pixels_stay_to_the_bit(settings: Lbfgs | Adam) -> None:
    """Though each is coupled to ones that move; L-BFGS's history is 0 there, so it carries nothing over."""
    levels = np.random.default_rng(0).integers(0, 2, (6, 8)) * WHITE
    white, picture = torch.from_numpy(levels == WHITE).expand(1, 3, 6, 8), start()
    optimise(frozen(levels), make_optimizer(settings, 30), picture, 30)
    assert torch.equal(picture[white], start()[white])
    assert (picture - start())[~white].abs().max() > 0.1
