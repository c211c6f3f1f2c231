"""One step of the loop as a CUDA graph: evaluation, best picture and update, none of which waits for the host."""

from collections.abc import Callable

import torch
from torch import Tensor

from nst.objective.reference import Evaluation, Objective
from nst.optimizer.optimizer import Optimizer
from nst.optimizer.run_state import Checkpoint, RunState, restore
from nst.side_stream import SideStream

WARM_UPS = 3
"""Steps before recording, as PyTorch requires: libraries choose kernels and allocate workspaces in them."""


class GraphStep:
    """One evaluation and update of `picture`, all on the device; `evaluated` is the last picture evaluated."""

    def __init__(self, objective: Objective, optimizer: Optimizer, picture: Tensor, rows: int) -> None:
        self.objective, self.optimizer, self.picture = objective, optimizer, picture
        device = picture.device
        self.side_stream = SideStream(device)
        self.evaluated, self.best_picture = picture.clone(), picture.clone()
        self.best_loss = torch.full((), torch.inf, dtype=torch.float64, device=device)
        self.count = torch.zeros(1, dtype=torch.int64, device=device)
        self.values = torch.zeros(rows, len(objective.names) + 2, dtype=torch.float64, device=device)
        """A ring of rows, one a step: the terms, their total, and whether the step converged."""

    def __call__(self) -> None:
        """Evaluate, record the losses, and update."""
        self.optimizer.before_evaluation(self.picture)
        losses, gradient = self.objective.loss_and_gradient(self.picture)
        self.evaluated.copy_(self.picture)
        with self.side_stream():
            self._record_losses(losses)
        converged = self.optimizer.step(self.picture, gradient, losses.total)
        self.side_stream.join()
        if self.optimizer.can_converge:
            self.values[:, -1].index_copy_(0, self.count % len(self.values), converged.double()[None])
        self.count += 1

    def _record_losses(self, losses: Evaluation) -> None:
        """Write a row of the losses, and copy the picture if it is the best so far."""
        self.values[:, :-1].index_copy_(0, self.count % len(self.values), losses.flat().double()[None])
        total = losses.total.double()
        better = total < self.best_loss
        torch.where(better, self.evaluated, self.best_picture, out=self.best_picture)
        torch.where(better, total, self.best_loss, out=self.best_loss)

    def restart(self, start: Tensor) -> None:
        """Start over from a picture, in place."""
        self.optimizer.reset()
        self.picture.copy_(start)
        self.best_loss.fill_(torch.inf)
        self.count.zero_()

    def resume(self, checkpoint: Checkpoint) -> RunState:
        """Resume from a checkpoint, in place; return the run state."""
        run_state = restore(checkpoint, self.optimizer, self.picture)
        self.best_loss.fill_(run_state.best_loss)
        if run_state.best_picture is not None:
            self.best_picture.copy_(run_state.best_picture)
        self.count.fill_(run_state.evaluations)
        return run_state


def record(step: GraphStep) -> Callable[[], None]:
    """Warm up and restart a step; return the replay of its graph, or the step itself if it cannot be recorded."""
    start = step.picture.clone()
    stream = torch.cuda.Stream(step.picture.device)  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream(step.picture.device))
    with torch.cuda.stream(stream):
        for _ in range(WARM_UPS):
            step()
    torch.cuda.current_stream(step.picture.device).wait_stream(stream)
    step.restart(start)
    graph = torch.cuda.CUDAGraph()
    try:
        with torch.cuda.graph(graph):
            step()
    except torch.OutOfMemoryError:
        raise
    except RuntimeError:
        torch.cuda.synchronize(step.picture.device)
        step.restart(start)
        return step
    return graph.replay
