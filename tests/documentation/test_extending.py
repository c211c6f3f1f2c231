"""The losses that `docs/extending.md` shows, tested like those in `nst/losses`, and found in a package of one's own."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import torch
from losses.test_every_loss import check
from objective.layers import tensor

from documentation.shown import ROOT, add_losses, blocks, shown_losses
from nst import losses
from nst.networks.base.network import Network
from nst.objective.layer_losses import statistic

PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
SHOWN = shown_losses(PAGE)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The classes by name, known to `nst.losses` for one test."""
    monkeypatch.setattr(losses.PLUGINS, "added", {})
    add_losses(PAGE)
    return {name: losses.find(name) for name in SHOWN}


@pytest.mark.parametrize("layer", ["conv_3", "relu_3"])
@pytest.mark.parametrize("name", SHOWN)
def test_the_chain_equals_plain_autograd(
    name: str, layer: str, shown: dict[str, Any], tiny: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nst.objective.chain.chain.strip_limit", lambda device: 600)
    check(name, tiny, layer, None)


def test_wasserstein_by_hand(shown: dict[str, Any]) -> None:
    """0, r against 1, 1 with r = sqrt(2): means 1 - r/2 apart, variances 1/2 and 0, each with e = 1e-4 more."""
    e = 1e-4
    expected = (1 - 2**0.5 / 2) ** 2 + (0.5 + e) + e - 2 * ((0.5 + e) * e) ** 0.5
    loss = shown["gaussian_w2"](statistic(tensor([1.0, 1.0])), 1.0)
    assert float(loss.value_of(tensor([0.0, 2**0.5]))) == pytest.approx(expected, rel=1e-12)
    both = tensor([0.0, 2**0.5], [0.0, 2**0.5])
    same = shown["gaussian_w2"](statistic(both), 1.0)
    assert float(same.value_of(both)) == pytest.approx(0, abs=1e-12)


def test_wasserstein_of_turned_channels(shown: dict[str, Any]) -> None:
    """Turning the channels of both pictures alike changes nothing."""
    generator = torch.Generator().manual_seed(0)
    ours, theirs = (torch.rand(1, 3, 4, 5, generator=generator, dtype=torch.float64) for _ in range(2))
    turn = torch.linalg.qr(torch.rand(3, 3, generator=generator, dtype=torch.float64))[0]
    turned = [torch.einsum("ij,njhw->nihw", turn, one) for one in (ours, theirs)]
    kind = shown["gaussian_w2"]
    plain, other = kind(statistic(theirs), 1.0).value_of(ours), kind(statistic(turned[1]), 1.0).value_of(turned[0])
    assert float(plain) > 0.01 and float(other) == pytest.approx(float(plain), rel=1e-9)


def test_a_package_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed as the page's `pyproject.toml` says, its loss is found by name."""
    (project,) = (tomllib.loads(text) for text in blocks(PAGE, "toml"))
    points = project["project"]["entry-points"]["nst.losses"]
    installed = tmp_path / "my_losses-0.1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: my-losses\nVersion: 0.1\n")
    (installed / "entry_points.txt").write_text(
        "\n".join(["[nst.losses]", *(f"{name} = {path}" for name, path in points.items())])
    )
    (tmp_path / "my_losses").mkdir()
    (tmp_path / "my_losses" / "channel_means.py").write_text(SHOWN["mean_only"])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(losses.PLUGINS, "modules", losses.PLUGINS.modules)  # listed anew, and as before in the end
    found = losses.find("channel_means", "style_loss")
    assert found.__module__ == "my_losses.channel_means" and found.__doc__ == "Squared distance of channel means."
    assert str(losses.version(found)).startswith("source ")


def test_the_network_that_is_shown_is_the_file() -> None:
    """To the letter, but for the docstring."""
    (text,) = (block for block in blocks(PAGE, "python") if "ARCHITECTURE" in block)
    assert (ROOT / "nst" / "networks" / "vgg16.py").read_text(encoding="utf-8").endswith(text)
