"""A history filled beforehand is valid: a hundred pairs of positive curvature, and sane steps after it."""

import torch
from torch import Tensor

from nst.bench.history import LENGTH, fill, fill_torch
from nst.optimizer.loop import make_optimizer
from nst.spec.records import Lbfgs

SHAPE = (1, 3, 16, 16)


def random(seed: int) -> Tensor:
    return torch.rand(SHAPE, generator=torch.Generator().manual_seed(seed))


class Recorder:
    """Our optimizer, and the pairs that its steps make."""

    def __init__(self) -> None:
        self.inner = make_optimizer(Lbfgs())
        self.displacements: list[Tensor] = []
        self.gradients: list[Tensor] = []

    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        before = picture.clone()
        converged = self.inner.step(picture, gradient, total)
        self.displacements.append(picture - before)
        self.gradients.append(gradient.clone())
        return converged


def test_steps_on_synthetic_gradients_make_valid_pairs_and_leave_the_picture() -> None:
    picture, gradient, recorder = random(0), random(1) - 0.5, Recorder()
    fill(recorder, picture, gradient)
    assert torch.equal(picture, random(0))
    assert len(recorder.gradients) == 101
    changes = [after - before for before, after in zip(recorder.gradients, recorder.gradients[1:], strict=False)]
    products = [float((s * y).sum()) for s, y in zip(recorder.displacements, changes, strict=False)]
    assert min(products) > 1e-10
    assert max(float(s.square().mean().sqrt()) for s in recorder.displacements) < 10 * LENGTH


def test_the_state_of_torchs_optimizer_is_filled_and_goes_on() -> None:
    parameter = random(0).requires_grad_(True)
    optimizer = torch.optim.LBFGS([parameter], max_iter=1)
    target = random(1)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = (parameter - target).square().sum() / 2
        loss.backward()
        return loss

    fill_torch(optimizer, random(0) - target)
    state = optimizer.state[parameter]
    pairs = list(zip(state["old_stps"], state["old_dirs"], state["ro"], strict=True))
    assert len(pairs) == 100 and all(abs(float(rho * s.dot(y)) - 1) < 1e-4 for s, y, rho in pairs)
    first = closure().item()
    for _ in range(3):
        before = parameter.detach().clone()
        optimizer.step(closure)
        assert len(state["old_stps"]) == len(state["old_dirs"]) == 100
        assert 0 < float((parameter.detach() - before).square().mean().sqrt()) < 1
    assert closure().item() < first
