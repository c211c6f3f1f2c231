"""Small kernels in the shadow of large ones: a second stream of a GPU, also where a step is recorded as a graph."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


class SideStream:
    """`with beside():` starts work that may run beside what follows it, until `join`. Without CUDA all runs in turn.

    Inside, all that was started before is there to be read, and must live until `join`. What is made inside may be used
    outside after `join`; its memory is used again inside alone, so nothing is overwritten that is still read.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.stream = torch.cuda.Stream(device) if device.type == "cuda" else None  # type: ignore[no-untyped-call]

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Start what is inside on the second stream."""
        if self.stream is None:
            yield
            return
        self.stream.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(self.stream):
            yield

    def join(self) -> None:
        """What follows waits for all that was started inside."""
        if self.stream is not None:
            torch.cuda.current_stream(self.device).wait_stream(self.stream)
