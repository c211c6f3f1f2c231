"""The tutorial's loop, as its readable twin: the same features, the same losses, the same pictures as ours."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from PIL import Image

from nst.bench import tutorial
from nst.inputs import load_inputs, set_up
from nst.losses.gram import Loss as GramLoss
from nst.networks import architecture
from nst.networks.base.network import Network
from nst.networks.base.torchvision import Weights
from nst.objective.layer_losses import statistic
from nst.pictures.tensors import to_tensor
from nst.spec.records import Spec

if TYPE_CHECKING:
    from conftest import TutorialRun


@pytest.fixture
def narrow() -> Weights:
    """All sixteen convolutions with two channels."""
    generator = torch.Generator().manual_seed(0)
    shapes = [(2, 3 if n == 0 else 2, 3, 3) for n in range(16)]
    layers = tuple((torch.randn(s, generator=generator).double() / 2, torch.zeros(2).double()) for s in shapes)
    return Weights(layers, torch.full((1, 3, 1, 1), 0.45, dtype=torch.float64))


def test_its_features_are_those_of_the_network(narrow: Weights) -> None:
    picture = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    ours = Network(architecture("vgg19"), narrow, torch.float64).features(picture, [f"conv_{n}" for n in range(1, 17)])
    theirs = tutorial.features(picture, narrow, 16)
    assert len(theirs) == 16 and len(tutorial.features(picture, narrow, 4)) == 4
    for feature, (layer, expected) in zip(theirs, ours.items(), strict=True):
        assert torch.allclose(feature, expected, rtol=0, atol=1e-12), layer


def test_its_gram_matrix_is_ours() -> None:
    """The mean squared difference of the tutorial's Gram matrices is our loss."""
    generator = torch.Generator().manual_seed(0)
    ours, style = (torch.rand(1, 4, 3, 5, dtype=torch.float64, generator=generator) for _ in range(2))
    expected = (tutorial.gram(ours) - tutorial.gram(style)).square().mean()
    assert GramLoss(statistic(style), 1.0).value_of(ours).item() == pytest.approx(expected.item(), rel=1e-13)


@pytest.mark.slow
def test_it_runs_the_transfer_that_ours_runs(
    tutorial_spec: Spec, tutorial_run: "TutorialRun", double_weights: Weights
) -> None:
    """Two blocks of 20 evaluations in float64; none of the early exits of `torch.optim.LBFGS` bites."""
    start, _ = set_up(tutorial_spec, load_inputs(tutorial_spec))
    content, style = inputs_of(tutorial_spec)
    seen: list[tuple[float, float]] = []
    final = tutorial.plain_loop(
        double_weights, content, style, start, 40, callback=lambda n, c, s, seconds: seen.append((c, s))
    )
    assert len(seen) == 40
    for (content_loss, style_loss), ours in zip(seen, tutorial_run.losses, strict=True):
        assert content_loss == pytest.approx(ours.terms["content"], rel=1e-8, abs=1e-12)
        assert style_loss == pytest.approx(ours.terms["style"], rel=1e-8)
    assert (final - tutorial_run.final.clamp(0, 1)).abs().max() < 1e-9


def inputs_of(spec: Spec) -> tuple[torch.Tensor, torch.Tensor]:
    pictures = load_inputs(spec).pictures
    return to_tensor(pictures["content"]).double(), to_tensor(pictures["style"]).double()


@pytest.mark.parametrize(("asked", "made"), [(1, 20), (20, 20), (21, 40)])
def test_evaluations_come_in_blocks_of_twenty(tiny_weights: Weights, asked: int, made: int) -> None:
    pictures = [torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(seed)) for seed in range(3)]
    before, seen = pictures[2].clone(), []
    callback: Callable[[int, float, float, float], None] = lambda n, c, s, seconds: seen.append(n)  # noqa: E731
    result = tutorial.plain_loop(tiny_weights, *pictures, asked, callback=callback)
    assert seen == list(range(1, made + 1))
    assert torch.equal(pictures[2], before)
    assert 0 <= result.min() and result.max() <= 1


def test_the_script_writes_a_picture_of_the_contents_shape(tmp_path: Path) -> None:
    for name, size in (("content", (24, 16)), ("style", (16, 16))):
        Image.effect_noise(size, 80).convert("RGB").save(tmp_path / f"{name}.png")
    output = tmp_path / "made/here.png"
    tutorial.main([str(tmp_path / "content.png"), str(tmp_path / "style.png"), "1", "cpu", "2", "2", str(output)])
    with Image.open(output) as image:
        assert (image.size, image.mode) == ((24, 16), "RGB")
