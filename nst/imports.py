"""Import without Python's garbage collector, which finds none among the hundreds of thousands of objects of PyTorch."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Pause the collector, then let it pass over what is there: an eighth of PyTorch's import.

    If PyTorch is imported already, as in a notebook, nothing is paused: garbage there may hold tensors.
    """
    if "torch" in sys.modules or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
