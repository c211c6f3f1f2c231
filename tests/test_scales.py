"""A run from coarse to fine: what each scale begins with, how all of them are counted, and its slow, obvious twin."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from specs import changed, oracle
from torch import Tensor
from torch.nn.functional import interpolate

from nst.engine import transfer
from nst.inputs import load_inputs
from nst.memory.estimate import TooLarge
from nst.memory.reuse import CACHES
from nst.networks.base.network import network
from nst.objective.objective import Objective
from nst.objective.reference import Evaluation, Reference
from nst.objective.targets import TARGETS
from nst.optimizer.checkpoint import Checkpoint
from nst.optimizer.loop import Diverged, Progress
from nst.pictures.tensors import to_tensor
from nst.result import Result
from nst.spec.records import Adam, Lbfgs, Mask, Preconditioner, Spec

MakeSpec = Callable[..., Spec]
SHAPES = ((24, 36), (33, 50), (48, 72))
"""451 x 300 at the three sizes: 36.1, 49.6 and 72.2 pixels wide."""


@pytest.fixture
def spec(make_spec: MakeSpec) -> Spec:
    """Three, two and four evaluations."""
    small: dict[str, Any] = {"content_layers": ("conv_3",), "style_layers": ("conv_1", "conv_2", "conv_3")}
    return make_spec(**small, size=48, steps=4, earlier=((24, 3), (33, 2)))


def watched(spec: Spec, **keywords: Any) -> tuple[Result, list[Progress]]:
    seen: list[Progress] = []
    result = transfer(
        spec, callback=lambda progress: seen.append(replace(progress, picture=progress.picture.clone())), **keywords
    )
    return result, seen


@pytest.mark.parametrize("optimizer", [Lbfgs(), Adam()])
def test_evaluations_are_counted_over_all_scales(spec: Spec, optimizer: Lbfgs | Adam) -> None:
    result, seen = watched(changed(spec, optimizer=optimizer))
    assert [progress.evaluation for progress in seen] == list(range(1, 10)) == [row.evaluation for row in result.trace]
    sizes = [24] * 3 + [33] * 2 + [48] * 4
    assert [progress.size for progress in seen] == sizes == [row.size for row in result.trace]
    shapes = [SHAPES[(24, 33, 48).index(size)] for size in sizes]
    assert [tuple(progress.picture.shape[2:]) for progress in seen] == shapes
    assert {progress.steps for progress in seen} == {9}
    assert result.evaluations == 9 and result.picture.shape == (1, 3, 48, 72)
    assert 6 <= result.best_evaluation <= 9
    assert result.best_total_loss == min(row.total_loss for row in result.trace[5:])


def test_inputs_are_those_of_the_last_scale_and_the_start_of_the_first(spec: Spec) -> None:
    result, seen = watched(changed(spec, init="uniform", seed=4))
    assert {name: image.size for name, image in result.inputs.pictures.items()} == {
        "content": (72, 48),
        "style": (48, 48),
    }
    assert torch.equal(
        result.inputs.start, load_inputs(changed(spec, init="uniform", seed=4, size=24, earlier=())).start
    )
    assert torch.equal(seen[0].picture, result.inputs.start)


def test_trace_rows_are_the_first_and_last_of_each_scale(spec: Spec) -> None:
    assert [row.evaluation for row in transfer(changed(spec, trace_every=0)).trace] == [1, 3, 4, 5, 6, 9]


def test_a_scale_begins_with_the_enlarged_end_of_the_one_before(spec: Spec) -> None:
    """The first scale alone ends with the picture from which the second begins."""
    first = transfer(changed(spec, size=24, steps=3, earlier=()))
    _, seen = watched(spec)
    torch.testing.assert_close(seen[3].picture, _bicubic(first.picture, SHAPES[1]), rtol=0, atol=0)


def test_keep_decides_with_which_picture_a_scale_ends(spec: Spec) -> None:
    """With steps of 0.3 away from the content the first evaluation is the best of each scale."""
    spec = changed(spec, keep="best", optimizer=Adam(lr=0.3), content_weight=1e6, style_weight=1.0)
    result, seen = watched(spec)
    start = result.inputs.start
    torch.testing.assert_close(seen[3].picture, _bicubic(start, SHAPES[1]), rtol=0, atol=0)
    assert result.best_evaluation >= 6


def _bicubic(picture: Tensor, shape: tuple[int, int]) -> Tensor:
    return interpolate(picture, shape, mode="bicubic", align_corners=False).clamp(0, 1)


@pytest.mark.parametrize("carry", [None, False])
def test_adam_equals_a_plain_loop_over_the_scales(spec: Spec, carry: bool | None) -> None:
    """In float64: Reference, autograd and Adam as its paper has it, scale by scale."""
    spec = changed(spec, precision="fp64", optimizer=Adam(lr=0.05, beta2=0.9), carry=carry, init="uniform")
    result, seen = watched(spec)
    pictures, losses, final = plain_loop(spec, carry is None)
    for progress, picture, loss in zip(seen, pictures, losses, strict=True):
        torch.testing.assert_close(progress.picture, picture, rtol=0, atol=1e-10)
        assert progress.losses.total == pytest.approx(loss, rel=1e-10)
    torch.testing.assert_close(result.picture, final.float(), rtol=0, atol=1e-6)


def plain_loop(spec: Spec, carries: bool) -> tuple[list[Tensor], list[float], Tensor]:
    """Pictures and losses at every evaluation, and the picture after the last update."""
    assert isinstance(spec.optimizer, Adam)
    lr, beta1, beta2 = spec.optimizer.lr, spec.optimizer.beta1, spec.optimizer.beta2
    wide = network("vgg19", spec.network.weights, torch.float64, "cpu")
    picture = load_inputs(spec.at(0)).start.double()
    mean, square, t = torch.zeros_like(picture), torch.zeros_like(picture), 0
    pictures, losses = [], []
    for number, scale in enumerate(spec.scales):
        inputs = load_inputs(spec.at(number))
        reference: Reference = oracle(
            spec, wide, {name: to_tensor(image).double() for name, image in inputs.pictures.items()}
        )
        if number:
            shape = inputs.start.shape[2:]
            picture = interpolate(picture, shape, mode="bicubic", align_corners=False).clamp(0, 1)
            if carries:
                mean = interpolate(mean, shape, mode="bicubic", align_corners=False)
                square = interpolate(square, shape, mode="bilinear", align_corners=False).relu()
            else:
                mean, square, t = torch.zeros_like(picture), torch.zeros_like(picture), 0
        for _ in range(scale.steps):
            found, gradient = reference.loss_and_gradient(picture)
            pictures.append(picture)
            losses.append(found.total.item())
            t += 1
            mean = beta1 * mean + (1 - beta1) * gradient
            square = beta2 * square + (1 - beta2) * gradient**2
            step = mean / (1 - beta1**t) / ((square / (1 - beta2**t)).sqrt() + 1e-8)
            picture = (picture - lr * step).clamp(0, 1)
    return pictures, losses, picture


def test_lbfgs_starts_anew_at_each_scale(spec: Spec) -> None:
    """Its first step is lr min(1, 1 / |g|_1) along the gradient: all numbers together move by 1 at most."""
    _, seen = watched(changed(spec, optimizer=Lbfgs(max_step=0.0)))
    for first, second in ((3, 4), (5, 6)):
        moved = (seen[second].picture - seen[first].picture).abs().sum()
        assert 0 < moved <= 1.001


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": Lbfgs(history=3)},
        pytest.param({"optimizer": Adam(lr=0.2), "keep": "best"}, marks=pytest.mark.slow),
        {"optimizer": Adam(), "carry": False},
        pytest.param({"optimizer": Lbfgs(preconditioner=Preconditioner("fourier"))}, marks=pytest.mark.slow),
        pytest.param({"optimizer": Lbfgs(preconditioner=Preconditioner("pyramid"))}, marks=pytest.mark.slow),
        pytest.param({"optimizer": Lbfgs(preconditioner=Preconditioner("adaptive"))}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_a_run_resumed_in_any_scale_is_equal_to_the_bit(spec: Spec, changes: dict[str, Any]) -> None:
    """In the middle of each scale, after its last evaluation, and after its first."""
    spec = changed(spec, **changes)
    kept: list[Checkpoint] = []
    whole = transfer(spec, callback=lambda _: lambda found: kept.append(deepcopy(found)))
    for evaluation in (2, 3, 4, 5, 8, 9):
        part, seen = watched(spec, resume=kept[evaluation - 1])
        assert [progress.evaluation for progress in seen] == list(range(evaluation + 1, 10))
        assert torch.equal(part.picture, whole.picture) and part.metrics == whole.metrics
        assert [row[2:] for row in part.trace] == [row[2:] for row in whole.trace]
        assert torch.equal(part.inputs.start, whole.inputs.start) and part.resumed_at == evaluation
        assert (part.evaluations, part.best_evaluation) == (whole.evaluations, whole.best_evaluation)


def test_a_scale_that_converges_leads_to_the_next(spec: Spec) -> None:
    result, seen = watched(changed(spec, optimizer=Lbfgs(tolerance_grad=1e9)))
    assert [progress.size for progress in seen] == [24, 33, 48] == [row.size for row in result.trace]
    assert [progress.evaluation for progress in seen] == [1, 2, 3]
    assert (result.evaluations, result.stopped) == (3, "converged")


def spoil(monkeypatch: pytest.MonkeyPatch, call: int, factor: float) -> None:
    """From this call of the objective on, the loss is that many times what it is; there is a warm-up at each scale."""
    real, calls = Objective.loss_and_gradient, 0

    def spoiled(self: Objective, picture: Tensor) -> tuple[Evaluation, Tensor]:
        nonlocal calls
        calls += 1
        losses, gradient = real(self, picture)
        return (losses._replace(total=losses.total * factor) if calls >= call else losses), gradient

    monkeypatch.setattr(Objective, "loss_and_gradient", spoiled)


def test_what_diverges_at_a_scale_has_its_best_picture(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warm-up and three evaluations, a warm-up and one."""
    spoil(monkeypatch, 7, float("nan"))
    with pytest.raises(Diverged, match="^diverged at evaluation 5: the loss is nan; try ") as diverged:
        transfer(spec)
    state = diverged.value.run_state
    assert state.best_evaluation == 4 and state.best_picture is not None
    assert state.best_picture.shape == (1, 3, *SHAPES[1])


def test_losses_of_two_scales_do_not_compare(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred times the loss, for longer than is bad within a scale, is none where a scale begins."""
    spec = make_spec(content_layers=("conv_1",), style_layers=("conv_1",), size=24, steps=25, earlier=((16, 2),))
    spoil(monkeypatch, 4, 100.0)
    assert transfer(spec).evaluations == 27


def test_a_last_update_that_diverges_is_seen_before_the_next_scale(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    def ruin(self: Any, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        picture.fill_(float("nan"))
        return torch.tensor(False)

    monkeypatch.setattr("nst.optimizer.lbfgs.LbfgsOptimizer.step", ruin)
    with pytest.raises(Diverged, match="^diverged after evaluation 1: the picture contains NaN; try") as diverged:
        transfer(changed(spec, earlier=((24, 1), (33, 2))))
    assert diverged.value.run_state.best_picture is not None


def test_nothing_of_an_earlier_scale_is_kept(spec: Spec) -> None:
    """Targets and the optimizer's memory are those of the last size alone; a run without scales leaves as much."""
    CACHES.release()
    transfer(changed(spec, earlier=()))
    alone = (TARGETS.bytes, CACHES.reusable_bytes())
    CACHES.release()
    transfer(spec)
    assert (TARGETS.bytes, CACHES.reusable_bytes()) == alone


def test_what_does_not_fit_at_the_last_scale_is_known_before_the_first(
    spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    CACHES.release()  # an earlier run of this shape would need nothing more
    monkeypatch.setattr("nst.engine.load_inputs", lambda *_: pytest.fail("a picture was resized"))
    monkeypatch.setattr("nst.memory.estimate.free_bytes", lambda device: 2**20)
    with pytest.raises(TooLarge, match="^72 x 48 needs about "):
        transfer(spec)


def test_time_left_is_weighed_by_pixels(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first scale: two evaluations of (33 x 50) and four of (48 x 72) pixels in units of 24 x 36 are to come."""
    seen: list[float] = []
    transfer(spec, callback=lambda progress: seen.append(progress.seconds_left / progress.seconds_each))
    later = [(2 * 33 * 50 + 4 * 48 * 72) / (24 * 36), 4 * 48 * 72 / (33 * 50), 0]
    assert seen == pytest.approx([2 + later[0], 1 + later[0], later[0], 1 + later[1], later[1], 3, 2, 1, 0])


def test_timings_are_of_the_last_scale_or_of_all(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Mapping[str, Any]] = []
    real = np.percentile
    monkeypatch.setattr(
        "nst.engine.np.percentile", lambda found, of: (seen.append({"n": len(found)}), real(found, of))[1]
    )
    timings = transfer(spec).timings
    assert seen == [{"n": 4}]
    assert timings.seconds_loop * 1e3 > 4 * timings.ms_per_evaluation_p50 / 2


def test_a_start_of_other_size_is_not_compared(spec: Spec) -> None:
    """A step of Adam at a tiny rate leaves the picture as it is; only a run of one scale can tell."""
    still = changed(spec, optimizer=Adam(lr=1e-7))
    assert transfer(still).remark is None
    assert str(transfer(changed(still, earlier=())).remark).startswith("the picture has hardly left its start")


@pytest.mark.parametrize("relative", [None, 1e-6], ids=["absolute", "relative"])
def test_moments_that_are_carried_over_move_no_frozen_pixel(relative: float | None, spec: Spec) -> None:
    """At the edge of the mask, the moments of free pixels are enlarged over frozen ones."""
    adam = Adam(relative_epsilon=relative)
    frozen = replace(changed(spec, optimizer=adam, init="uniform"), freeze=Mask(("top",)))
    last, half = load_inputs(frozen.at(-1)).start, SHAPES[-1][0] // 2
    picture = transfer(frozen).picture
    assert torch.equal(picture[:, :, :half], last[:, :, :half])
    assert (picture - last)[:, :, half:].abs().mean() > 0.01
