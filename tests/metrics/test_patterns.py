"""Matching of patches, against numbers worked out by hand, and in blocks."""

import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from nst.metrics import patterns
from nst.metrics.patterns import local_patterns, patch_match


def test_cosines_and_distinct_patches() -> None:
    """Both of ours take the style's first, with cosines 1 and .6: .8; one of its two patches is used: 1/2."""
    theirs = torch.tensor([[1.0, 0, 0], [0, 0, 1]])
    ours = torch.tensor([[1.0, 0, 0], [0.6, 0.8, 0]])
    assert patch_match(ours, theirs) == (pytest.approx(0.8), 0.5)


def test_equal_patches_of_the_style_count_once() -> None:
    """Matched with itself, the style uses two of its three patches."""
    theirs = torch.tensor([[1.0, 0], [1, 0], [0, 1]])
    assert patch_match(torch.tensor([[1.0, 0.0]]), theirs) == (1, 0.5)


def test_blocks_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = (F.normalize(torch.randn(n, 6, generator=torch.Generator().manual_seed(n)), dim=1) for n in (17, 13))
    whole = patch_match(ours, theirs)
    monkeypatch.setattr(patterns, "BLOCK", 30)
    assert patch_match(ours, theirs) == pytest.approx(whole)


def test_the_style_itself_is_1_and_a_small_picture_none() -> None:
    noise = Image.effect_noise((48, 40), 90).convert("RGB")
    assert local_patterns(noise, noise) == pytest.approx(1, abs=1e-5)
    assert local_patterns(noise.resize((16, 40)), noise) is None
