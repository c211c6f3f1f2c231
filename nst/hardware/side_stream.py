"""Run small kernels on a second CUDA stream, overlapping the main one; it can be captured in a CUDA graph."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


class SideStream:
    """`with side_stream():` runs kernels that may overlap later ones, until `join`. Without CUDA all run in order.

    Inside, results of earlier kernels may be read, and must live until `join`. Tensors created inside may be used
    outside after `join`; their memory is reused on the side stream alone, so none is overwritten while it is read.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.stream = torch.cuda.Stream(device) if device.type == "cuda" else None  # type: ignore[no-untyped-call]

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Launch kernels on the side stream."""
        if self.stream is None:
            yield
            return
        self.stream.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(self.stream):
            yield

    def join(self) -> None:
        """Make later kernels wait for those of the side stream."""
        if self.stream is not None:
            torch.cuda.current_stream(self.device).wait_stream(self.stream)
