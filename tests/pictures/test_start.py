import pytest
import torch

from nst.errors import UserError
from nst.pictures.start import NOISES, noise


@pytest.mark.parametrize("kind", NOISES)
def test_noise_is_a_picture_of_its_seed(kind: str) -> None:
    first = noise(kind, 24, 32, seed=3)
    assert first.shape == (1, 3, 24, 32) and first.dtype == torch.float32 and first.device.type == "cpu"
    assert 0 <= first.min() and first.max() <= 1
    torch.manual_seed(99)
    assert torch.equal(noise(kind, 24, 32, seed=3), first)
    assert not torch.equal(noise(kind, 24, 32, seed=4), first)


@pytest.mark.parametrize("kind", NOISES)
def test_noise_leaves_the_global_generator_alone(kind: str) -> None:
    before = torch.get_rng_state()
    noise(kind, 8, 8, seed=0)
    assert torch.equal(torch.get_rng_state(), before)


def test_uniform_moments() -> None:
    values = noise("uniform", 256, 256, seed=0)
    assert values.mean().item() == pytest.approx(1 / 2, abs=0.004)
    assert values.var().item() == pytest.approx(1 / 12, abs=0.002)


def test_gaussian_is_clamped() -> None:
    values = noise("gaussian", 256, 256, seed=0)
    assert (values == 0).float().mean().item() == pytest.approx(0.5, abs=0.005)
    assert (values == 1).float().mean().item() == pytest.approx(0.1587, abs=0.005)  # 1 - Phi(1)


def test_the_two_noises_differ_and_others_are_refused() -> None:
    assert not torch.equal(noise("uniform", 8, 8, 0), noise("gaussian", 8, 8, 0))
    with pytest.raises(UserError, match="no noise named 'gausian'; did you mean 'gaussian'?"):
        noise("gausian", 8, 8, 0)
