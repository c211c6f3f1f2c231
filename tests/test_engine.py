"""The heart on the real network: every kind of run, exactly as long, repeatable, and measured as it says."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from specs import changed, oracle
from torch import Tensor

import nst.objective.targets as targets
from nst.engine import transfer
from nst.inputs import load_inputs
from nst.memory.estimate import TooLarge
from nst.networks.base.network import Network
from nst.objective.chain.chain import Chain
from nst.objective.objective import Objective
from nst.objective.reference import Evaluation
from nst.optimizer.checkpoint import Checkpoint, CheckpointCallback
from nst.optimizer.loop import Diverged, Progress
from nst.pictures.load import centre_crop, full_image
from nst.pictures.tensors import noise, to_image, to_tensor
from nst.result import Result
from nst.spec.records import Adam, Lbfgs, Mask, PictureFile, Spec, Target

MakeSpec = Callable[..., Spec]
CHELSEA = (64, 96)
"""451 x 300 with its shorter side at 64: 96.2 pixels wide."""
IHC = (64, 64)


def pixels(image: Image.Image | None) -> np.ndarray:
    assert image is not None
    return np.asarray(image)


def test_a_transfer(make_spec: MakeSpec) -> None:
    result = transfer(make_spec(steps=4))
    assert result.picture.shape == (1, 3, *CHELSEA) and result.picture.dtype == torch.float32
    assert 0 <= result.picture.min() and result.picture.max() <= 1
    assert np.array_equal(pixels(result.image), pixels(to_image(result.picture)))
    assert result.evaluations == 4 == len(result.trace) and result.stopped == "steps"
    assert result.trace[-1].total_loss < result.trace[0].total_loss
    assert result.trace[0].losses["content"] < 1e-6
    assert result.best_total_loss == min(row.total_loss for row in result.trace)
    assert result.peak_memory_mib > 0


def test_a_reconstruction(make_spec: MakeSpec, content_only: dict[str, Any]) -> None:
    result = transfer(make_spec(**content_only, content_layers=("conv_2",), steps=25))
    assert result.picture.shape == (1, 3, *CHELSEA)
    assert result.inputs.pictures.keys() == {"content"} == {name for row in result.trace for name in row.losses}
    assert result.metrics.losses.terms["content"] < result.trace[0].losses["content"] / 10
    assert result.metrics.gram_distance_style is None


def test_a_texture_has_the_shape_of_the_style(make_spec: MakeSpec, style_only: dict[str, Any]) -> None:
    result = transfer(make_spec(**style_only))
    assert result.picture.shape == (1, 3, *IHC)
    assert result.inputs.pictures.keys() == {"style"} == {name for row in result.trace for name in row.losses}
    assert result.metrics.psnr_content_db is None


def test_a_texture_from_a_content_picture_has_its_shape(
    make_spec: MakeSpec, style_only: dict[str, Any], chelsea: PictureFile
) -> None:
    result = transfer(make_spec(**{**style_only, "init": "content", "content": chelsea}, steps=2))
    assert result.picture.shape == (1, 3, *CHELSEA)
    assert result.metrics.psnr_content_db is not None


def test_the_final_picture_is_the_average(make_spec: MakeSpec) -> None:
    """Of the start, both other points evaluated and the last, with weights 1/8, 1/4, 1/2 and 1 over their sum."""
    points: list[Tensor] = []
    spec = make_spec(optimizer=Adam(average=0.5), init="style", keep="average")
    result = transfer(spec, callback=lambda progress: points.append(progress.picture.clone()))
    points.append(transfer(changed(spec, keep="last")).picture)
    expected = torch.stack([w * point for w, point in zip((1, 2, 4, 8), points, strict=True)]).sum(dim=0) / 15
    assert torch.allclose(result.picture, expected, rtol=0, atol=1e-6)
    assert not torch.equal(result.picture, points[-1])


def test_the_papers_layers_and_pooling(make_spec: MakeSpec) -> None:
    layers = ("conv_1", "conv_3", "conv_5", "conv_9", "conv_13")
    spec = make_spec(content_layers=("conv_10",), style_layers=layers, pooling="avg", init="gaussian", style_weight=3.0)
    result = transfer(changed(spec, style_layer_weights=(204.8, 819.2, 3276.8, 13107.2, 13107.2)))
    assert np.isfinite(result.metrics.losses.total)
    assert result.trace[-1].total_loss < result.trace[0].total_loss


def test_adam(make_spec: MakeSpec) -> None:
    result = transfer(make_spec(optimizer=Adam(), init="style", steps=5))
    assert result.trace[-1].total_loss < result.trace[0].total_loss


@pytest.mark.parametrize("init", ["content", "style", "picture", "uniform", "gaussian"])
def test_starts(make_spec: MakeSpec, init: str, ihc: PictureFile) -> None:
    """Whatever it starts from, the start has the shape of the content; a picture is cropped, not stretched."""
    spec = make_spec(init=init, init_picture=ihc if init == "picture" else None, seed=3)
    inputs = load_inputs(spec)
    cropped = to_tensor(centre_crop(full_image(ihc), *CHELSEA))
    expected = {
        **{"content": to_tensor(inputs.pictures["content"]), "style": cropped, "picture": cropped},
        **{kind: noise(kind, *CHELSEA, 3) for kind in ("uniform", "gaussian")},
    }
    assert torch.equal(inputs.start, expected[init])
    seen: list[Tensor] = []
    transfer(changed(spec, steps=1), callback=lambda progress: seen.append(progress.picture.clone()))
    assert torch.equal(seen[0], inputs.start)


@pytest.mark.parametrize("optimizer", [Lbfgs(), Adam()])
def test_equal_runs_are_equal_to_the_bit(make_spec: MakeSpec, optimizer: Lbfgs | Adam) -> None:
    spec = make_spec(init="uniform", seed=5, steps=6, optimizer=optimizer)
    one, two = transfer(spec), transfer(spec)
    assert torch.equal(one.picture, two.picture)
    assert one.metrics == two.metrics
    assert [row[2:] for row in one.trace] == [row[2:] for row in two.trace]


@pytest.mark.parametrize("precision", ["fp32", "fp32_winograd", "bf16"])
def test_losses_are_those_of_the_final_picture_in_float32(
    make_spec: MakeSpec, bundled: Network, precision: str
) -> None:
    spec = make_spec(precision=precision, tv_weight=0.5)
    result = transfer(spec)
    reference = oracle(spec, bundled, result.inputs.pictures)
    for found, picture in (
        (result.metrics.losses, result.picture),
        (result.metrics.losses_png, to_tensor(result.image)),
    ):
        expected = reference.losses(picture).values(reference.names)
        assert found.terms.keys() == {"content", "style", "tv"}
        assert found.terms == pytest.approx(dict(expected.terms), rel=1e-5)
        assert found.total == pytest.approx(expected.total, rel=1e-5)


def test_as_many_evaluations_as_steps_and_one_to_warm_up(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[float] = []
    real = Objective.loss_and_gradient

    def counted(self: Objective, picture: Tensor) -> tuple[Evaluation, Tensor]:
        calls.append(float(picture.sum()))
        return real(self, picture)

    monkeypatch.setattr(Objective, "loss_and_gradient", counted)
    seen: list[Progress] = []
    result = transfer(make_spec(steps=5, trace_every=2), callback=seen.append)
    assert len(calls) == 1 + 5 and calls[0] == calls[1]
    assert result.evaluations == 5
    assert [progress.evaluation for progress in seen] == [1, 2, 3, 4, 5]
    assert [row.evaluation for row in result.trace] == [1, 2, 4, 5]


def test_later_runs_share_targets_and_the_optimizers_memory(
    make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run, with another seed and weight, computes no target; the picture is as if it had run alone."""
    spec = make_spec(size=48, init="uniform", seed=1, style_weight=2e6)
    alone = transfer(spec)
    transfer(changed(spec, seed=2, style_weight=1e6))
    computed: list[tuple[str, ...]] = []
    real = targets.make_chain

    def counted(network: Network, shape: tuple[int, int], losses: dict[str, Any], pooling: str) -> Chain:
        computed.append(tuple(losses))
        return real(network, shape, losses, pooling)

    monkeypatch.setattr(targets, "make_chain", counted)
    again = transfer(spec)
    measured = [(f"conv_{n}" for n in range(1, 6)), ("conv_10",)]  # the final picture's, which no run shares
    assert computed == [tuple(layers) for layers in measured]
    assert torch.equal(again.picture, alone.picture) and again.metrics == alone.metrics


def too_much() -> None:
    torch.empty(2**50)


def out_of_gpu_memory() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory, in many lines")


@pytest.mark.parametrize("place", ["load_inputs", "measure"])
@pytest.mark.parametrize("run_out", [too_much, out_of_gpu_memory, lambda: np.empty(2**50)])
def test_memory_that_runs_out_is_said_in_one_line(
    run_out: Callable[[], object], place: str, make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The allocators' own errors are of three kinds."""
    monkeypatch.setattr(f"nst.engine.{place}", lambda *_: run_out())
    with pytest.raises(TooLarge, match="^96 x 64 ran out of memory on cpu; "):
        transfer(make_spec())


def test_what_does_not_fit_is_known_before_anything_is_resized(
    make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nst.memory.estimate.free_bytes", lambda device: 2**20)
    monkeypatch.setattr("nst.inputs.resized", lambda *_: pytest.fail("a picture was resized"))
    with pytest.raises(TooLarge, match="^96 x 64 needs about "):
        transfer(make_spec())


@pytest.mark.slow
def test_a_larger_run_before_does_not_count(make_spec: MakeSpec) -> None:
    """The peak is this run's: not much more after one of sixteen times the pixels than alone."""
    small = make_spec(size=48, steps=30)
    alone = transfer(small).peak_memory_mib
    transfer(make_spec(size=192, steps=30))
    assert transfer(small).peak_memory_mib < alone + 100


def test_keep(make_spec: MakeSpec) -> None:
    """From the content picture, with nearly all weight on the content, Adam's steps of 0.3 lead away from the best."""
    spec = make_spec(optimizer=Adam(lr=0.3), content_weight=1e3, style_weight=1.0)
    seen: list[Tensor] = []
    last = transfer(spec)
    best = transfer(changed(spec, keep="best"), callback=lambda progress: seen.append(progress.picture.clone()))
    assert best.best_evaluation == last.best_evaluation < 3
    assert torch.equal(best.picture, seen[best.best_evaluation - 1])
    assert best.metrics.losses.total == pytest.approx(best.best_total_loss, rel=1e-6)
    assert last.metrics.losses.total > best.metrics.losses.total


def test_a_tolerance_ends_a_run(make_spec: MakeSpec) -> None:
    result = transfer(make_spec(optimizer=Lbfgs(tolerance_grad=1e9), steps=50))
    assert (result.stopped, result.evaluations) == ("converged", 1)


def test_what_diverges_raises_with_its_best_picture(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = Objective.loss_and_gradient, 0

    def spoiled(self: Objective, picture: Tensor) -> tuple[Evaluation, Tensor]:
        nonlocal calls
        calls += 1
        losses, gradient = real(self, picture)
        return (losses._replace(total=losses.total * float("nan")) if calls == 4 else losses), gradient

    monkeypatch.setattr(Objective, "loss_and_gradient", spoiled)
    with pytest.raises(Diverged, match="^diverged at evaluation 3: the loss is nan; try a smaller") as diverged:
        transfer(make_spec(steps=9))
    assert diverged.value.run_state.best_picture is not None
    assert diverged.value.run_state.best_picture.shape == (1, 3, *CHELSEA)


def test_a_last_update_that_diverges_is_seen_too(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    def ruin(self: Any, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        picture.fill_(float("nan"))
        return torch.tensor(False)

    monkeypatch.setattr("nst.optimizer.lbfgs.LbfgsOptimizer.step", ruin)
    with pytest.raises(Diverged, match="^diverged after evaluation 1: the final loss is not a number; try"):
        transfer(make_spec(steps=1))


def test_timings_are_of_the_parts(make_spec: MakeSpec) -> None:
    timings = transfer(make_spec(steps=3)).timings
    assert min(timings.seconds_setup, timings.seconds_warmup, timings.seconds_loop) > 0
    assert 0 < timings.ms_per_evaluation_p50 <= timings.ms_per_evaluation_p90 <= timings.seconds_loop * 1e3


def test_threads_are_those_of_the_spec(make_spec: MakeSpec) -> None:
    """And afterwards those of before."""
    seen: list[int] = []
    transfer(make_spec(threads=1, steps=1), callback=lambda _: seen.append(torch.get_num_threads()))
    assert seen == [1] and torch.get_num_threads() == 2


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_cuda_arrives_where_the_cpu_does(make_spec: MakeSpec, precision: str) -> None:
    """The iteration is chaotic, so final losses are compared, not pictures."""
    spec = make_spec(steps=100)
    cpu = transfer(spec)
    cuda = transfer(changed(spec, device="cuda:0", precision=precision))
    assert cuda.metrics.losses.total == pytest.approx(cpu.metrics.losses.total, rel=0.03)
    assert cuda.picture.device.type == "cpu" and cuda.peak_memory_mib > 0


def two_styles(spec: Spec, *scales: float | None) -> Spec:
    """The spec with its style mixed 3 : 1 with its content picture."""
    pictures = (spec.pictures["style"], spec.pictures["content"])
    shares = zip(pictures, (0.75, 0.25), scales or (None, None), strict=True)
    style = replace(spec.terms[1], targets=tuple(Target(*each) for each in shares))
    return replace(spec, terms=(spec.terms[0], style, *spec.terms[2:]))


def test_several_styles_report_the_sum_of_their_losses(make_spec: MakeSpec, bundled: Network) -> None:
    """The loss of the blend and its constant, in the trace and of the final picture."""
    spec = make_spec(steps=3)
    result = transfer(two_styles(spec))
    pictures = result.inputs.pictures
    alone = [oracle(spec, bundled, {**pictures, "style": pictures[name]}) for name in ("style", "style[2]")]
    for picture, found in (
        (result.inputs.start, result.trace[0].losses),
        (result.picture, result.metrics.losses.terms),
    ):
        first, second = (reference.losses(picture).values(reference.names).terms["style"] for reference in alone)
        assert found["style"] == pytest.approx(0.75 * first + 0.25 * second, rel=1e-5)


def test_a_resumed_run_of_several_styles_ends_bit_equal(make_spec: MakeSpec) -> None:
    assert_resumed_is_bit_equal(two_styles(make_spec(steps=6), 0.5, None))


def test_a_resumed_run_of_winograds_convolutions_ends_bit_equal(make_spec: MakeSpec) -> None:
    """And it is not the run in float32, so that these convolutions are used."""
    spec = make_spec(steps=6, size=64, content_layers=("conv_6",), precision="fp32_winograd")
    whole = assert_resumed_is_bit_equal(spec)
    plain = transfer(changed(spec, precision="fp32"))
    assert not torch.equal(whole.picture, plain.picture)
    assert whole.metrics.losses.total == pytest.approx(plain.metrics.losses.total, rel=1e-3)


def assert_resumed_is_bit_equal(spec: Spec) -> Result:
    """Resume a run of six steps after its third, and return the run in one piece."""
    kept: list[Checkpoint] = []

    def callback(progress: Progress) -> CheckpointCallback | None:
        return (lambda checkpoint: kept.append(deepcopy(checkpoint))) if progress.evaluation == 3 else None

    whole = transfer(spec, callback=callback)
    part = transfer(spec, resume=kept[0])
    assert part.resumed_at == 3 and torch.equal(part.picture, whole.picture)
    assert [row.total_loss for row in part.trace] == [row.total_loss for row in whole.trace]
    return whole


MASK = Mask(("left",))


def masked(spec: Spec, mask: Mask = MASK, **changes: Any) -> Spec:
    """The spec with a mask on its style and its content."""
    content, style = (replace(term, mask=mask) for term in spec.terms)
    return replace(spec, terms=(content, replace(style, name="guide_1")), **changes)


def test_a_mask_over_all_gives_the_picture_without_it(make_spec: MakeSpec) -> None:
    """To the bit: the sum of both halves is white."""
    spec = make_spec(steps=4)
    plain, found = transfer(spec), transfer(masked(spec, Mask(("left", "right"))))
    assert torch.equal(found.picture, plain.picture)
    assert found.metrics.losses.total == plain.metrics.losses.total


def test_masks_enter_as_pictures_do(make_spec: MakeSpec) -> None:
    result = transfer(masked(make_spec(steps=2), freeze=Mask(("top",))))
    assert result.inputs.masks.keys() == {"content.mask", "guide_1.mask", "freeze"}
    assert {image.size for image in result.inputs.masks.values()} == {CHELSEA[::-1]}
    assert result.metrics.losses.terms.keys() == {"content", "guide_1"}


@pytest.mark.parametrize("optimizer", [Lbfgs(), Adam()], ids=["lbfgs", "adam"])
def test_frozen_pixels_are_those_of_the_start(optimizer: Lbfgs | Adam, make_spec: MakeSpec) -> None:
    spec = make_spec(optimizer=optimizer, steps=12, init="uniform")
    result = transfer(replace(spec, freeze=Mask(("top",))))
    start, half = result.inputs.start, CHELSEA[0] // 2
    assert torch.equal(result.picture[:, :, :half], start[:, :, :half])
    assert (result.picture - start)[:, :, half:].abs().mean() > 0.01


def test_a_masked_run_resumes_bit_equal(make_spec: MakeSpec) -> None:
    spec, kept = masked(make_spec(steps=6), freeze=Mask(("ellipse",), inverted=True)), []

    def keep(progress: Progress) -> Any:
        return (lambda checkpoint: kept.append(deepcopy(checkpoint))) if progress.evaluation == 3 else None

    whole = transfer(spec, callback=keep)
    assert torch.equal(transfer(spec, resume=kept[0]).picture, whole.picture)
