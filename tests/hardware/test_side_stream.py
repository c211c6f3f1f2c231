"""Work beside other work: in turn on a CPU; on a GPU on a stream of its own, with nothing overwritten that is read."""

import pytest
import torch

from nst.hardware.side_stream import SideStream

GPU = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


def test_on_a_cpu_all_runs_in_turn() -> None:
    beside, order = SideStream(torch.device("cpu")), []
    with beside():
        order.append("inside")
    order.append("outside")
    beside.join()
    assert beside.stream is None and order == ["inside", "outside"]


@pytest.mark.parametrize("recorded", [pytest.param(recorded, marks=GPU) for recorded in (False, True)])
def test_on_a_gpu_what_is_made_beside_is_there_after_the_join(recorded: bool) -> None:
    """Sums of a large tensor beside a product with it, several times over; also replayed from a graph."""
    beside = SideStream(torch.device("cuda"))
    matrix, found = torch.ones(2048, 2048, device="cuda"), torch.zeros(2, device="cuda")

    def step() -> None:
        doubled = matrix * 2
        with beside():
            total = doubled.sum()
        product = (matrix @ matrix).sum()
        beside.join()
        found.copy_(torch.stack([total, product]))

    for _ in range(3):
        step()
    if recorded:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        found.zero_()
        graph.replay()
    assert found.tolist() == [2.0 * 2048**2, 2048.0**3]
