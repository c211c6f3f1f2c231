"""A run's settings of PyTorch hold during the run and are gone after it."""

import pytest
import torch

from nst.spec.records import Runtime
from nst.torch_settings import torch_settings


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
