"""L-BFGS with a preconditioner is the recursion from another inverse Hessian, whatever is held, kept or dropped."""

import math
from copy import deepcopy

import pytest
import torch
from torch import Tensor

from nst.optimizer.checkpoint import Checkpoint
from nst.optimizer.cuda_graph import GraphStep
from nst.optimizer.history import CURVATURE_FLOOR, two_loop
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import make_optimizer, optimise
from nst.optimizer.preconditioned.fourier import FourierFilter
from nst.optimizer.preconditioned.history import PreconditionedHistory
from nst.optimizer.preconditioned.operator import FILTERS
from nst.optimizer.preconditioned.pyramid import level_weights
from nst.spec.records import Lbfgs, Preconditioner

from ..problems import LOSS, Analytic, free_gradient, quadratic

gpu = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]
FOURIER, *OTHERS = (Preconditioner(kind, 1.0) for kind in FILTERS)
each_kind = pytest.mark.parametrize("chosen", [FOURIER, *OTHERS], ids=lambda chosen: chosen.kind)
SHAPE = (1, 3, 4, 5)
SIZE = 60


def random(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def start() -> Tensor:
    """Some numbers are at a bound."""
    return (0.5 + 0.4 * random(3, *SHAPE)).clamp(0, 1)


def bowl() -> Analytic:
    """A quadratic of sixty numbers whose minimum is partly outside [0, 1], with neighbours coupled."""
    matrix = random(1, SIZE, SIZE) / 8
    curvature, target = matrix @ matrix.t() + torch.eye(SIZE, dtype=torch.float64), 0.5 + 0.5 * random(2, SIZE)

    def value(picture: Tensor) -> Tensor:
        d = picture.reshape(-1) - target
        return 20 * d @ curvature @ d

    return Analytic(value)


class SlowOperator:
    """The operator as a matrix (60, 60), from its definition: a filter for 4 x 5 pixels, and masks on both sides."""

    def __init__(self, chosen: Preconditioner) -> None:
        self.kind, self.levels = chosen.kind, [-chosen.exponent * math.log(2) * level for level in range(3)]
        self.filtered = {"pyramid": of_levels}.get(chosen.kind, of_spectra)(chosen.exponent)

    def learn(self, step: Tensor, change: Tensor) -> None:
        """Move the level of each octave a twentieth of the way to that of |s| / |y|."""
        if self.kind == "adaptive":
            found = [math.log(power(step, level) / power(change, level)) / 2 for level in range(3)]
            mean, old = sum(found) / 3, sum(self.levels) / 3
            pairs = zip(self.levels, found, strict=True)
            self.levels = [0.95 * (level - old) + 0.05 * (new - mean) for level, new in pairs]
            self.filtered = of_weights(sum(SHARES[i] * self.levels[i] for i in range(3)).exp())

    def masked(self, held: Tensor) -> Tensor:
        whole, free = torch.block_diag(*[self.filtered] * 3), torch.diag((~held).double().flatten())
        return free @ whole @ free + torch.eye(SIZE, dtype=torch.float64) - free


ALONG = [torch.fft.fftfreq(side, dtype=torch.float64) for side in (4, 5)]
FREQUENCIES = torch.hypot(ALONG[0][:, None], ALONG[1]).clamp_min(1 / 5)
ABOVE = (FREQUENCIES * 5).log2()
SHARES = torch.stack([(1 - ABOVE).clamp_min(0), 1 - (ABOVE - 1).abs(), (ABOVE - 1).clamp_min(0)])
"""Octaves of 4 x 5 pixels: their middles are 1/5, 2/5 and 4/5 of a cycle per pixel."""


def power(vector: Tensor, octave: int) -> float:
    """The sum of a vector's powers over all frequencies and channels, by the octave's share."""
    return float((torch.fft.fft2(vector.view(SHAPE)).abs() ** 2 * SHARES[octave]).sum())


def of_spectra(exponent: float) -> Tensor:
    """f^-exponent over its mean, as a matrix (20, 20)."""
    return of_weights(FREQUENCIES**-exponent)


def of_weights(weights: Tensor) -> Tensor:
    """Weights of frequencies over their mean, as a matrix (20, 20)."""
    height, width = SHAPE[2:]
    columns = torch.eye(height * width, dtype=torch.float64).view(-1, height, width)
    return torch.fft.ifft2(torch.fft.fft2(columns) * weights / weights.mean()).real.reshape(height * width, -1)


def of_levels(exponent: float) -> Tensor:
    """I + (2^e - 1) 4 D'D + (4^e - 2^e) 16 D'C'C D over its mean diagonal, (20, 20): 4 x 5, 2 x 3 and 1 x 2 pixels."""
    fine = torch.kron(halving(4), halving(5))
    coarse = torch.kron(halving(2), halving(3)) @ fine
    weights = level_weights(exponent, 4, 5)[0] * torch.tensor(
        [1, 2**exponent - 1, 4**exponent - 2**exponent], dtype=torch.float64
    )
    return (
        weights[0] * torch.eye(20, dtype=torch.float64)
        + weights[1] * 4 * fine.t() @ fine
        + weights[2] * 16 * coarse.t() @ coarse
    )


def halving(side: int) -> Tensor:
    """The mean of two means of three numbers along one side; the border counts twice, a missing number as 0."""
    blur = torch.diag(torch.ones(side)) + torch.diag(torch.ones(side - 1), 1) + torch.diag(torch.ones(side - 1), -1)
    blur[0, 0] = blur[-1, -1] = 2
    pairs = torch.kron(torch.eye((side + 1) // 2), torch.full((1, 2), 0.5))[:, :side]
    return pairs.double() @ blur.double() / 3


def slow(settings: Lbfgs, objective: Analytic, picture: Tensor, steps: int) -> list[Tensor]:
    """The pictures of projected L-BFGS by the recursion, with the operator as a matrix."""
    assert settings.preconditioner is not None
    pairs: list[tuple[Tensor, Tensor]] = []
    operator = SlowOperator(settings.preconditioner)
    last, step, seen = torch.zeros(SIZE, dtype=torch.float64), torch.zeros(SIZE, dtype=torch.float64), []
    for number in range(steps):
        seen.append(picture.clone())
        free = free_gradient(objective, picture)
        change, last = free - last, free
        if change.dot(step) > CURVATURE_FLOOR:
            pairs = [*pairs, (step, change)][-settings.history :]
            operator.learn(step, change)
        step = settings.lr * two_loop(free, pairs, operator.masked(free == 0)).masked_fill(free == 0, 0)
        step = step * (min(1.0, 1 / float(free.abs().sum())) if number == 0 else 1.0)
        step = step * min(1.0, settings.max_step / float(step.square().mean().sqrt()))
        moved = (picture.flatten() + step).clamp(0, 1)
        step = moved - picture.flatten()
        picture = moved.view(SHAPE)
    return seen


def fast(settings: Lbfgs, objective: Analytic, picture: Tensor, steps: int) -> list[Tensor]:
    seen: list[Tensor] = []
    optimise(objective, LbfgsOptimizer(settings), picture, steps, callback=lambda p: seen.append(p.picture.clone()))
    return seen


@pytest.mark.parametrize("exponent", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("history", [1, 3, 20])
@pytest.mark.parametrize("kind", FILTERS)
def test_it_is_the_recursion_with_the_operator_as_a_matrix(kind: str, exponent: float, history: int) -> None:
    """Fifteen evaluations; pairs are dropped with the shorter histories, and numbers are held at bounds."""
    settings = Lbfgs(history=history, preconditioner=Preconditioner(kind, exponent))
    ours, theirs = (run(settings, bowl(), start(), 15) for run in (fast, slow))
    assert max(float((a - b).abs().max()) for a, b in zip(ours, theirs, strict=True)) < 1e-9
    assert any(((picture == 0) | (picture == 1)).any() for picture in ours[5:])
    assert (ours[-1] - ours[0]).abs().max() > 0.1


@pytest.mark.parametrize("clamp", ["projected", "closure", "none"])
@pytest.mark.parametrize("kind", ["fourier", "pyramid"])
def test_exponent_0_is_no_preconditioner(kind: str, clamp: str) -> None:
    """To rounding, held numbers included: the operator is the identity, and both scales are y's / y'y."""
    plain = Lbfgs(clamp=clamp, history=4)
    with_identity = Lbfgs(clamp=clamp, history=4, preconditioner=Preconditioner(kind, 0.0))
    ours, theirs = (fast(settings, bowl(), start(), 20) for settings in (with_identity, plain))
    assert max(float((a - b).abs().max()) for a, b in zip(ours, theirs, strict=True)) < 1e-9


@each_kind
def test_an_exponent_makes_another_path(chosen: Preconditioner) -> None:
    ours, theirs = (fast(Lbfgs(preconditioner=each), bowl(), start(), 6) for each in (chosen, None))
    assert torch.equal(ours[0], theirs[0]) and not torch.allclose(ours[-1], theirs[-1], atol=1e-3)


@each_kind
@pytest.mark.parametrize("seed", range(4))
def test_it_arrives_on_quadratics_with_bounds(chosen: Preconditioner, seed: int) -> None:
    """As low as SciPy's L-BFGS-B to a thousandth."""
    objective, least = quadratic(seed)
    picture = torch.full((1, 3, 2, 2), 0.5, dtype=torch.float64)
    run_state = optimise(objective, LbfgsOptimizer(Lbfgs(history=20, preconditioner=chosen)), picture, 200)
    assert least * (1 - 1e-9) <= run_state.trace[-1].total_loss < 1.001 * least


@each_kind
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_held_pixels_stay_and_steps_are_capped(chosen: Preconditioner, dtype: torch.dtype) -> None:
    """Numbers at a bound that are pushed beyond it, and numbers without a gradient, though their neighbours move."""
    optimizer, picture = LbfgsOptimizer(Lbfgs(preconditioner=chosen)), start().to(dtype)
    picture[..., 0] = 0
    for number in range(8):
        gradient = 100 * random(10 + number, *SHAPE).to(dtype) + 50 * (picture - 0.4)
        gradient[..., 0] = 7
        gradient[:, :, 1] = 0
        before = picture.clone()
        optimizer.step(picture, gradient, LOSS)
        made = picture - before
        assert not made[..., 0].any() and not made[:, :, 1].any()
        assert 0 < made.square().mean().sqrt() <= 0.03 * (1 + 1e-5)
        assert 0 <= picture.min() and picture.max() <= 1
        assert torch.allclose(made, optimizer.picture_step, rtol=0, atol=1e-6)


def test_a_rejected_pair_changes_no_scale() -> None:
    """The third gradient differs from the second by minus the step between them, so the curvature is negative."""
    optimizer, picture = LbfgsOptimizer(Lbfgs(preconditioner=FOURIER, clamp="none")), start()
    for _ in range(2):
        optimizer.step(picture, 10 * (picture - 0.1), LOSS)
    before = {name: part.clone() for name, part in optimizer.history.state_tensors().items()}
    optimizer.step(picture, optimizer.projected_gradient - optimizer.picture_step, LOSS)
    after = optimizer.history.state_tensors()
    assert before["curvatures"].count_nonzero() == 1
    assert all(torch.equal(after[name], before[name]) for name in ("order", "inverse", "curvatures", "scale"))


@pytest.mark.parametrize("settings", [Lbfgs(history=4), Lbfgs(), Lbfgs(history_dtype="bf16")])
@pytest.mark.parametrize("cut", [1, 3, 11])
@each_kind
def test_a_resumed_run_ends_bit_equal(chosen: Preconditioner, settings: Lbfgs, cut: int) -> None:
    optimizer, kept = Lbfgs(**{**vars(settings), "preconditioner": chosen}), list[Checkpoint]()
    picture, other = start().float(), torch.full(SHAPE, 0.1)

    def keep(checkpoint: Checkpoint) -> None:
        kept.append(deepcopy(checkpoint))

    optimise(bowl_of(torch.float32), make_optimizer(optimizer, 16), picture, 16, callback=lambda _: keep)
    optimise(bowl_of(torch.float32), make_optimizer(optimizer, 16), other, 16, resume=kept[cut - 1])
    assert torch.equal(other, picture) and kept[0].pairs == min(settings.history, 15)


def bowl_of(dtype: torch.dtype) -> Analytic:
    wide = bowl()
    return Analytic(lambda picture: wide.function(picture.double()).to(dtype))


def test_a_reset_optimizer_is_a_fresh_one() -> None:
    """As the recording of a CUDA graph needs after its warm-ups."""
    picture, settings = start(), Lbfgs(history=3, preconditioner=FOURIER)
    step = GraphStep(bowl(), make_optimizer(settings, 6), picture, rows=6)
    step.optimizer.prepare(picture)
    for _ in range(6):
        step()
    first = picture.clone()
    step.restart(start())
    for _ in range(6):
        step()
    assert torch.equal(picture, first) and not torch.equal(picture, start())


def test_bfloat16_keeps_close_to_float32() -> None:
    narrow, wide = (
        fast(Lbfgs(history_dtype=dtype, preconditioner=FOURIER), bowl_of(torch.float32), start().float(), 8)[-1]
        for dtype in ("bf16", "fp32")
    )
    assert 0 < (narrow - wide).abs().max() < 0.02


def test_a_preconditioner_fits_each_shape() -> None:
    """One optimizer serves one shape at a time, as at each scale."""
    optimizer = make_optimizer(Lbfgs(preconditioner=FOURIER), 5)
    for shape in ((1, 3, 4, 6), (1, 3, 9, 5)):
        picture = torch.full(shape, 0.5)
        optimizer.step(picture, torch.ones(shape), LOSS)
        assert isinstance(optimizer, LbfgsOptimizer) and isinstance(optimizer.history, PreconditionedHistory)
        found = optimizer.history.preconditioner.filter
        assert isinstance(found, FourierFilter) and found.weights.shape == (shape[2], shape[3] // 2 + 1)


@pytest.mark.parametrize("kind", [pytest.param(each, marks=gpu) for each in FILTERS])
@pytest.mark.parametrize("exponent", [0.0, 1.0])
def test_a_gpu_makes_the_steps_of_a_cpu(exponent: float, kind: str) -> None:
    settings = Lbfgs(history=4, preconditioner=Preconditioner(kind, exponent))
    ends = []
    for device in ("cpu", "cuda:0"):
        optimizer, picture = LbfgsOptimizer(settings), start().to(device)
        for number in range(7):
            gradient = (picture - 0.4) * (10 + number) + random(20 + number, *SHAPE).to(device)
            optimizer.step(picture, gradient, LOSS.to(device))
        ends.append(picture.cpu())
    torch.testing.assert_close(ends[1], ends[0], rtol=0, atol=1e-8)
