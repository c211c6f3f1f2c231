"""The loop on CUDA: a whole step is recorded as a CUDA graph and replayed; the host only reads losses, occasionally.

The graph holds the clamp, losses and gradient, the best picture so far, and the optimizer's update. None of it waits
for the host. The losses of `trace_every` steps are copied to the host while the next steps run, so that divergence is
noticed at most that many steps late. If a step cannot be recorded, it is called eagerly instead.
"""

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from nst.hardware.side_stream import SideStream
from nst.objective.reference import Evaluation, LossValues, Objective, count_from
from nst.optimizer.begin import Start, begin
from nst.optimizer.checkpoint import Checkpoint, CheckpointCallback
from nst.optimizer.optimizer import Optimizer
from nst.optimizer.run_state import RunState
from nst.optimizer.schedule import Schedule

READ_EVERY = 10
"""Steps between two reads of the losses if there is no trace."""
WARM_UPS = 3
"""Steps before recording, as PyTorch requires: during them libraries choose kernels and allocate workspaces."""


class GraphStep:
    """One evaluation and update of `picture`, all on the device; `evaluated` is the last picture evaluated.

    `values` is a ring buffer with one row per step: the terms, their total, and whether the step converged.
    """

    def __init__(self, objective: Objective, optimizer: Optimizer, picture: Tensor, rows: int) -> None:
        self.objective, self.optimizer, self.picture = objective, optimizer, picture
        device = picture.device
        self.side_stream = SideStream(device)
        self.evaluated, self.best_picture = picture.clone(), picture.clone()
        self.best_loss = torch.full((), torch.inf, dtype=torch.float64, device=device)
        self.count = torch.zeros(1, dtype=torch.int64, device=device)
        self.values = torch.zeros(rows, len(objective.names) + 2, dtype=torch.float64, device=device)

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
        total = losses.total.double() * losses.unit
        row = torch.cat([losses.terms.double(), total[None]])
        self.values[:, :-1].index_copy_(0, self.count % len(self.values), row[None])
        better = total < self.best_loss
        torch.where(better, self.evaluated, self.best_picture, out=self.best_picture)
        torch.where(better, total, self.best_loss, out=self.best_loss)

    def restart(self, start: Tensor) -> None:
        """Restart from a picture, in place."""
        self.optimizer.reset()
        self.picture.copy_(start)
        self.best_loss.fill_(torch.inf)
        self.count.zero_()

    def resume(self, start: Start) -> RunState:
        """Begin as `begin.begin` does, in place; return the run state."""
        run_state = begin(start, self.optimizer, self.picture)
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


def optimise_recorded(
    objective: Objective, optimizer: Optimizer, picture: Tensor, schedule: Schedule, resume: Start = None
) -> RunState:
    """Run `optimise` on CUDA."""
    began = time.perf_counter()
    optimizer.prepare(picture)
    every = 1 if optimizer.can_converge else schedule.trace_every or READ_EVERY
    step = GraphStep(objective, optimizer, picture, every)
    with torch.cuda.device(picture.device):
        replay = record(step)
        run_state = step.resume(resume)
        count_from(objective, run_state.evaluations)
        torch.cuda.synchronize()
        run_state.seconds_recording += time.perf_counter() - began
        reader = LossReader(run_state, step, schedule)
        for block in blocks(schedule, every, run_state.evaluations + 1):
            reader.run(block, replay)
            ahead = not optimizer.can_converge and not schedule.is_exact(block[-1])
            if reader.read(ahead=ahead and block[-1] < schedule.steps):
                break
            reader.write_requested_checkpoints()
    return run_state


def blocks(schedule: Schedule, every: int, first: int = 1) -> Iterator[range]:
    """Yield evaluations `first` to the last, split after multiples of `every` and after exact ones."""
    for last in range(first, schedule.steps + 1):
        if last == schedule.steps or last % every == 0 or schedule.is_exact(last):
            yield range(first, last + 1)
            first = last + 1


class LossReader:
    """Reads the losses from the device, one block late while there is a next one to run."""

    def __init__(self, run_state: RunState, step: GraphStep, schedule: Schedule) -> None:
        self.run_state, self.step, self.schedule = run_state, step, schedule
        self.pending: list[tuple[range, Tensor, list[torch.cuda.Event]]] = []
        self.checkpoint_callbacks: list[CheckpointCallback] = []
        self.seconds = sum(run_state.durations)

    def run(self, block: range, replay: Callable[[], None]) -> None:
        """Launch the steps of a block, and the copy of their losses."""
        events = [_event()]
        for _ in block:
            replay()
            events.append(_event())
        values = torch.empty(self.step.values.shape, dtype=torch.float64, pin_memory=True)
        values.copy_(self.step.values, non_blocking=True)
        events.append(_event())
        self.pending.append((block, values, events))

    def read(self, ahead: bool) -> bool:
        """Read all blocks, or all but the last if `ahead`; return whether the run converged. Raises `Diverged`."""
        while len(self.pending) > (1 if ahead else 0):
            block, values, events = self.pending.pop(0)
            events[-1].synchronize()
            if self._process(block, values, events):
                return True
        return False

    def _process(self, block: range, values: Tensor, events: list[torch.cuda.Event]) -> bool:
        run_state = self.run_state
        for evaluation, before, after in zip(block, events, events[1:], strict=False):
            *terms, total, converged = values[(evaluation - 1) % len(values)].tolist()
            losses = LossValues(dict(zip(self.step.objective.names, terms, strict=True)), total)
            run_state.durations.append(before.elapsed_time(after) / 1e3)
            self.seconds += run_state.durations[-1]
            if run_state.update(losses):
                run_state.best_picture = self.step.best_picture
            if self.schedule.in_trace(evaluation):
                run_state.record(self.seconds, losses)
            run_state.check_divergence(losses)
            if converged:
                run_state.finish(losses)
                return True
        if self.schedule.callback:
            progress = self.schedule.progress(block[-1], self.seconds, losses, self.step.evaluated)
            if checkpoint_callback := self.schedule.callback(progress):
                self.checkpoint_callbacks.append(checkpoint_callback)
        return False

    def write_requested_checkpoints(self) -> None:
        """Pass a checkpoint to the callbacks that requested one, after reading all steps launched so far."""
        if self.checkpoint_callbacks:
            self.read(ahead=False)
            checkpoint = Checkpoint(self.step.picture, self.step.optimizer.state_tensors(), self.run_state)
            for checkpoint_callback in self.checkpoint_callbacks:
                checkpoint_callback(checkpoint)
            self.checkpoint_callbacks.clear()


def _event() -> torch.cuda.Event:
    event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    event.record()
    return event
