"""The loop on CUDA: one whole step is recorded as a graph and replayed; the host only reads losses, now and then.

Recorded: clamp, losses and gradient, the best picture so far, the optimizer's update. Nothing of it waits for the host.
Losses of `trace_every` steps are copied to the host while the next ones run already, so that a run that diverges is
noticed at most that many steps late. Where a step cannot be recorded, the same step is called instead.
"""

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from nst.objective.evaluation import Evaluation, LossValues
from nst.optimizer.checkpoint import Callback, Checkpoint, CheckpointCallback, restore
from nst.optimizer.protocols import Objective, Optimizer
from nst.optimizer.run_state import Progress, RunState, in_trace
from nst.side_stream import SideStream

WARM_UPS = 3
"""Steps before recording, as PyTorch asks for: libraries choose their kernels and take their workspaces in them."""
READ_EVERY = 10
"""Steps between two looks at the losses where no trace is asked for."""


class GraphStep:
    """One evaluation and update of `picture`, all on the device; `seen` is the picture that was evaluated last."""

    def __init__(self, objective: Objective, optimizer: Optimizer, picture: Tensor, rows: int) -> None:
        self.objective, self.optimizer, self.picture = objective, optimizer, picture
        device = picture.device
        self.side_stream = SideStream(device)
        self.seen, self.best_picture = picture.clone(), picture.clone()
        self.best_loss = torch.full((), torch.inf, dtype=torch.float64, device=device)
        self.count = torch.zeros(1, dtype=torch.int64, device=device)
        self.values = torch.zeros(rows, len(objective.names) + 2, dtype=torch.float64, device=device)
        """A row a step, in turns: the terms, their total, and whether the step converged."""

    def __call__(self) -> None:
        """Everything a step does."""
        self.optimizer.before_evaluation(self.picture)
        losses, gradient = self.objective.loss_and_gradient(self.picture)
        self.seen.copy_(self.picture)
        with self.side_stream():
            self._note(losses)
        converged = self.optimizer.step(self.picture, gradient, losses.total)
        self.side_stream.join()
        if self.optimizer.can_converge:
            self.values[:, -1].index_copy_(0, self.count % len(self.values), converged.double()[None])
        self.count += 1

    def _note(self, losses: Evaluation) -> None:
        """A row of the losses, and the picture where it is the best so far."""
        self.values[:, :-1].index_copy_(0, self.count % len(self.values), losses.flat().double()[None])
        total = losses.total.double()
        better = total < self.best_loss
        torch.where(better, self.seen, self.best_picture, out=self.best_picture)
        torch.where(better, total, self.best_loss, out=self.best_loss)

    def restart(self, start: Tensor) -> None:
        """As if no step had been made; every tensor stays where it is."""
        self.optimizer.reset()
        self.picture.copy_(start)
        self.best_loss.fill_(torch.inf)
        self.count.zero_()

    def go_on(self, checkpoint: Checkpoint) -> RunState:
        """Resume after the steps before a checkpoint; every tensor stays where it is. Returns the state of the run."""
        run_state = restore(checkpoint, self.optimizer, self.picture)
        self.best_loss.fill_(run_state.best_loss)
        if run_state.best_picture is not None:
            self.best_picture.copy_(run_state.best_picture)
        self.count.fill_(run_state.evaluations)
        return run_state


def record(step: GraphStep) -> Callable[[], None]:
    """The step as a graph's replay, or the step itself where it cannot be recorded; warmed up and restarted."""
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
    objective: Objective,
    optimizer: Optimizer,
    picture: Tensor,
    steps: int,
    *,
    trace_every: int,
    exact_every: tuple[int, ...],
    callback: Callback | None,
    resume: Checkpoint | None = None,
) -> RunState:
    """`optimise` on CUDA; see there."""
    began = time.perf_counter()
    optimizer.prepare(picture)
    every = 1 if optimizer.can_converge else trace_every or READ_EVERY
    step = GraphStep(objective, optimizer, picture, every)
    with torch.cuda.device(picture.device):
        replay = record(step)
        run_state = step.go_on(resume) if resume else RunState()
        torch.cuda.synchronize()
        run_state.seconds_recording = time.perf_counter() - began
        reader = LossReader(run_state, step, steps, trace_every, callback)
        for block in blocks(steps, every, exact_every, run_state.evaluations + 1):
            reader.run(block, replay)
            ahead = not optimizer.can_converge and not _divides(exact_every, block[-1])
            if reader.read(ahead=ahead and block[-1] < steps):
                break
            reader.write_requested_checkpoints()
    return run_state


def blocks(steps: int, every: int, exact_every: tuple[int, ...] = (), first: int = 1) -> Iterator[range]:
    """Evaluations `first` to `steps`, cut after multiples of `every` and of each other number (0: of none)."""
    for last in range(first, steps + 1):
        if last == steps or last % every == 0 or _divides(exact_every, last):
            yield range(first, last + 1)
            first = last + 1


def _divides(numbers: tuple[int, ...], evaluation: int) -> bool:
    return any(number and evaluation % number == 0 for number in numbers)


class LossReader:
    """Reads what the steps left on the device, one block late while there is a next one to run."""

    def __init__(
        self, run_state: RunState, step: GraphStep, steps: int, trace_every: int, callback: Callback | None
    ) -> None:
        self.run_state, self.step, self.steps = run_state, step, steps
        self.trace_every, self.callback = trace_every, callback
        self.waiting: list[tuple[range, Tensor, list[torch.cuda.Event]]] = []
        self.wanted: list[CheckpointCallback] = []
        self.seconds = sum(run_state.durations)

    def run(self, block: range, replay: Callable[[], None]) -> None:
        """Start the steps of a block, and the copy of what they leave."""
        marks = [_mark()]
        for _ in block:
            replay()
            marks.append(_mark())
        values = torch.empty(self.step.values.shape, dtype=torch.float64, pin_memory=True)
        values.copy_(self.step.values, non_blocking=True)
        marks.append(_mark())
        self.waiting.append((block, values, marks))

    def read(self, ahead: bool) -> bool:
        """Read all blocks, but the last if `ahead`; returns whether the run has converged. Raises `Diverged`."""
        while len(self.waiting) > (1 if ahead else 0):
            block, values, marks = self.waiting.pop(0)
            marks[-1].synchronize()
            if self._take(block, values, marks):
                return True
        return False

    def _take(self, block: range, values: Tensor, marks: list[torch.cuda.Event]) -> bool:
        run_state = self.run_state
        for evaluation, before, after in zip(block, marks, marks[1:], strict=False):
            *terms, total, converged = values[(evaluation - 1) % len(values)].tolist()
            losses = LossValues(dict(zip(self.step.objective.names, terms, strict=True)), total)
            run_state.durations.append(before.elapsed_time(after) / 1e3)
            self.seconds += run_state.durations[-1]
            if run_state.update(evaluation, losses):
                run_state.best_picture = self.step.best_picture
            if in_trace(evaluation, self.steps, self.trace_every):
                run_state.record(evaluation, self.seconds, losses)
            run_state.check_divergence(evaluation, losses)
            if converged:
                run_state.finish(losses)
                return True
        if self.callback:
            seen = Progress(block[-1], self.steps, self.seconds, losses, self.step.seen)
            if keep := self.callback(seen):
                self.wanted.append(keep)
        return False

    def write_requested_checkpoints(self) -> None:
        """Hand watchers the checkpoint that they asked for: after all steps that were started, which are read first."""
        if self.wanted:
            self.read(ahead=False)
            checkpoint = Checkpoint(self.step.picture, self.step.optimizer.state_tensors(), self.run_state)
            for keep in self.wanted:
                keep(checkpoint)
            self.wanted.clear()


def _mark() -> torch.cuda.Event:
    event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    event.record()
    return event
