"""The fused kernels for tests: compiled where there is a GPU, else in Triton's interpreter, on the CPU."""

from functools import cache
from types import ModuleType

import pytest
import torch

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@cache
def fused() -> ModuleType:
    """`nst.objective.chain.fused`; skips the test where there is no Triton."""
    pytest.importorskip("triton")
    with pytest.MonkeyPatch.context() as patch:
        if DEVICE == "cpu":
            patch.setenv("TRITON_INTERPRET", "1")
        from nst.objective.chain import fused
    return fused
