"""CFSD against a divergence worked out by hand, and without a whole matrix."""

import math

import pytest
import torch
from PIL import Image

from nst.metrics import self_similarity
from nst.metrics.self_similarity import cfsd, divergence


def test_divergence_of_two_positions() -> None:
    """Theirs (0, 1): rows of softmax (1/2, 1/2) and (.2689, .7311); ours (0, 0): (1/2, 1/2) twice. KL .1110, halved."""
    low, high = 1 / (1 + math.e), math.e / (1 + math.e)
    expected = (low * math.log(2 * low) + high * math.log(2 * high)) / 2
    assert expected == pytest.approx(0.0555, abs=5e-5)
    found = divergence(torch.zeros(2, 1), torch.tensor([[0.0], [1.0]]))
    assert found == pytest.approx(expected, rel=1e-5)


def test_divergence_is_over_channels_and_not_symmetric() -> None:
    """Four equal channels have the products of one, over C."""
    one = torch.tensor([[0.0], [1.0]])
    assert divergence(torch.zeros(2, 4), one.repeat(1, 4)) == pytest.approx(divergence(torch.zeros(2, 1), one))
    assert divergence(one, torch.zeros(2, 1)) != pytest.approx(divergence(torch.zeros(2, 1), one), rel=0.01)


def test_blocks_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = torch.randn(2, 23, 5, generator=torch.Generator().manual_seed(0))
    whole = divergence(ours, theirs)
    monkeypatch.setattr(self_similarity, "BLOCK", 50)
    assert divergence(ours, theirs) == pytest.approx(whole, rel=1e-6)
    assert divergence(ours, ours) == 0


def test_large_pictures_are_reduced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_similarity, "PIXELS", 64 * 48)
    large = Image.linear_gradient("L").resize((160, 120)).convert("RGB")
    small, other = (one.resize((64, 48), Image.Resampling.LANCZOS) for one in (large, large.rotate(90)))
    assert cfsd(large, large.rotate(90)) == pytest.approx(cfsd(small, other), rel=1e-6)


def test_a_picture_without_that_layer_has_none() -> None:
    tiny = Image.new("RGB", (3, 40))
    assert cfsd(tiny, tiny) is None
