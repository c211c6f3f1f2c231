"""Every network: the fast chain equals plain autograd on its table, and its weights are torchvision's."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from nst import networks
from nst.errors import UserError
from nst.losses.gram import Loss as Gram
from nst.losses.mse import Loss as Mse
from nst.networks.base.architecture import Architecture
from nst.networks.base.network import Network
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import identify, load
from nst.objective.chain.chain import Chain
from nst.objective.layer_losses import LayerLoss, statistic

SHAPE = (40, 36)


def narrow(name: str) -> Architecture:
    """The architecture with a thirty-second of its channels, for exact arithmetic in no time."""
    found = networks.architecture(name)
    return replace(found, blocks=tuple((count, max(2, channels // 32)) for count, channels in found.blocks))


def seeded(architecture: Architecture) -> Network:
    generator, layers = torch.Generator().manual_seed(0), []
    for c in architecture.convolutions:
        shape = (c.channels_out, c.channels_in, 3, 3)
        weight = torch.randn(shape, generator=generator, dtype=torch.float64) * (2 / (9 * c.channels_in)) ** 0.5
        layers.append((weight, torch.randn(c.channels_out, generator=generator, dtype=torch.float64) / 10))
    return Network(architecture, Weights(tuple(layers), torch.full((1, 3, 1, 1), 0.45)), torch.float64)


def picture(seed: int) -> Tensor:
    return torch.rand(1, 3, *SHAPE, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("name", networks.names())
def test_the_chain_equals_plain_autograd(name: str) -> None:
    """A Gram loss after the first and the deepest ReLU, and a content loss in the middle."""
    network = seeded(narrow(name))
    deepest, middle = network.architecture.depth, network.architecture.depth // 2
    layers = ["relu_1", f"conv_{middle}", f"relu_{deepest}"]
    theirs = network.features(picture(1), layers)
    losses: dict[str, list[LayerLoss]] = {layer: [Gram(statistic(theirs[layer]), 2.0)] for layer in layers[::2]}
    losses[layers[1]] = [Mse(theirs[layers[1]].contiguous(memory_format=torch.channels_last), 0.5)]
    _, gradient = Chain(network, SHAPE, losses).loss_and_gradient(picture(0))
    ours = picture(0).requires_grad_(True)
    found = network.features(ours, layers)
    total = sum(loss.weight * loss.value_of(found[layer]) for layer, (loss,) in losses.items())
    assert isinstance(total, Tensor)
    (exact,) = torch.autograd.grad(total, ours)
    assert (gradient - exact).norm() / exact.norm() < 1e-10


@pytest.mark.parametrize("name", ["vgg11", "vgg11_bn"])
def test_features_are_those_of_torchvisions_model(name: str, tmp_path: Path) -> None:
    """Its own module in evaluation mode, with random weights and random statistics of normalisation."""
    import torchvision.models

    torch.manual_seed(0)
    model = torchvision.models.get_model(name, weights=None).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for tensor in (module.running_mean, module.running_var, module.weight, module.bias):
                torch.nn.init.uniform_(tensor, 0.5, 1.5)
    torch.save(model.state_dict(), tmp_path / "mine.pth")
    architecture = networks.architecture(name)
    weights = load(architecture, identify(architecture, str(tmp_path / "mine.pth")))
    ours = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    mean, deviation = (torch.tensor(v).view(3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    with torch.no_grad():
        expected = model.features((ours - mean) / deviation)
    found = Network(architecture, weights).features(ours, ["relu_8"])["relu_8"]
    assert torch.allclose(F.max_pool2d(found, 2), expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))


@pytest.mark.parametrize("name", [name for name in networks.names() if not networks.architecture(name).bundled])
def test_without_its_weights_it_says_what_to_do(name: str) -> None:
    said = f"^network={name}: only the weights of vgg19 are bundled; use weights="
    with pytest.raises(UserError, match=said):
        identify(networks.architecture(name), "bundled")


def test_a_network_that_torchvision_does_not_have() -> None:
    own = Architecture("own", ((1, 8),))
    assert own.torchvision is None
    with pytest.raises(UserError, match="^weights=torchvision: none for network=own; use weights=FILE"):
        identify(own, "torchvision")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (1, "its ARCHITECTURE is not an nst.networks.base.architecture.Architecture$"),
        (Architecture("other", ((1, 8),)), "its ARCHITECTURE is named 'other'; give it the name of the module$"),
    ],
)
def test_a_module_that_defines_no_network_of_its_name(
    found: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(networks.PLUGINS.added, "own", found)
    with pytest.raises(UserError, match=f"^network=own: {said}"):
        networks.architecture("own")


def test_a_download_of_a_network_that_torchvision_does_not_know_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    own = Architecture("own", ((1, 8),), torchvision="own-0123.pth")
    with pytest.raises(UserError, match="could not be downloaded .*own.*; put own-0123.pth there, or use a file"):
        identify(own, "torchvision")
