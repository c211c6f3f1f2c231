"""The collector pauses for imports, passes over what they made, and runs again."""

import gc
import subprocess
import sys

import pytest

from nst.imports import without_collector

CODE = """
import gc
from nst.imports import without_collector
with without_collector():
    during, kept = gc.isenabled(), [[] for _ in range(1000)]
print(during, gc.isenabled(), gc.get_freeze_count() > 1000)
"""
BROKEN = """
import gc
from nst.imports import without_collector
try:
    with without_collector():
        import nothing_of_this_name
except ImportError:
    print(gc.isenabled())
"""


def test_it_runs_again_over_what_comes_later() -> None:
    ran = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=100, check=True)
    assert ran.stdout.split() == ["False", "True", "True"]


def test_it_runs_again_after_an_error() -> None:
    ran = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, timeout=100, check=True)
    assert ran.stdout.strip() == "True"


@pytest.mark.parametrize("is_enabled", [True, False])
def test_beside_pytorch_nothing_changes(is_enabled: bool) -> None:
    """Tests import PyTorch first; whoever has turned the collector off keeps it off."""
    import torch  # noqa: F401

    before = gc.get_freeze_count()
    (gc.enable if is_enabled else gc.disable)()
    try:
        with without_collector():
            assert gc.isenabled() is is_enabled
        assert gc.isenabled() is is_enabled
    finally:
        gc.enable()
    assert gc.get_freeze_count() == before
