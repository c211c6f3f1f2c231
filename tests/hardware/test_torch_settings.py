"""A run's settings of PyTorch hold during the run and are gone after it."""

import pytest
import torch

from nst.hardware.torch_settings import torch_settings
from nst.spec.records import Runtime


def settings() -> tuple[object, ...]:
    cudnn = torch.backends.cudnn
    return (
        torch.get_num_threads(),
        torch.backends.cuda.matmul.allow_tf32,
        *(cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic),
    )


@pytest.mark.parametrize("deterministic", [False, True])
def test_a_run_on_cuda_has_full_float32(deterministic: bool) -> None:
    """The flags are PyTorch's own, and can be set on a machine without a GPU."""
    before = settings()
    with torch_settings(Runtime("cuda:0", 1, deterministic)):
        assert settings() == (1, False, False, not deterministic, deterministic)
    assert settings() == before


def test_on_a_cpu_only_the_threads_change() -> None:
    before = settings()
    with torch_settings(Runtime("cpu", 1)):
        assert settings() == (1, *before[1:])
    assert settings() == before


def test_a_run_that_fails_leaves_nothing_behind() -> None:
    before = settings()
    with pytest.raises(RuntimeError), torch_settings(Runtime("cuda:0", 1)):
        torch.backends.cudnn.benchmark = False
        raise RuntimeError
    assert settings() == before


@pytest.mark.parametrize("device", ["cpu", "cuda:0"])
@pytest.mark.parametrize(
    "wanted", [("tf32", "tf32", "tf32"), ("ieee", "tf32", "tf32"), ("tf32", "ieee", "tf32"), ("none", "tf32", "tf32")]
)
def test_the_newer_way_to_say_it_survives_too(device: str, wanted: tuple[str, ...]) -> None:
    """PyTorch refuses to read `allow_tf32` after `fp32_precision` was set."""
    parts = (torch.backends.cuda.matmul, torch.backends.cudnn.conv, torch.backends.cudnn.rnn)
    before = [part.fp32_precision for part in parts]
    try:
        for part, precision in zip(parts, wanted, strict=True):
            part.fp32_precision = precision
        with torch_settings(Runtime(device, 1)):
            inside = [part.fp32_precision for part in parts]
            assert "tf32" not in inside or device == "cpu"
        assert tuple(part.fp32_precision for part in parts) == wanted
    finally:
        for part, precision in zip(parts, before, strict=True):
            part.fp32_precision = precision
    assert torch.backends.cudnn.allow_tf32 and not torch.backends.cuda.matmul.allow_tf32
