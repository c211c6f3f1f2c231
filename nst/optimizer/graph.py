"""The loop on CUDA: one whole step is recorded as a graph and replayed; the host only reads losses, now and then.

Recorded: clamp, losses and gradient, the best picture so far, the optimizer's update. Nothing of it waits for the host.
Losses of `trace_every` steps are copied to the host while the next ones run already, so that a run that diverges is
noticed at most that many steps late. Where a step cannot be recorded, the same step is called instead.
"""

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from nst.beside import Beside
from nst.objective.reference import Losses, LossValues
from nst.optimizer.checkpoint import Checkpoint, Keep, Watch, restore
from nst.optimizer.course import Course, Progress, in_trace
from nst.optimizer.protocols import Objective, Optimizer

WARM_UPS = 3
"""Steps before recording, as PyTorch asks for: libraries choose their kernels and take their workspaces in them."""
READ_EVERY = 10
"""Steps between two looks at the losses where no trace is asked for."""


class Step:
    """One evaluation and update of `picture`, all on the device; `seen` is the picture that was evaluated last."""

    def __init__(self, objective: Objective, optimizer: Optimizer, picture: Tensor, rows: int) -> None:
        self.objective, self.optimizer, self.picture = objective, optimizer, picture
        device = picture.device
        self.beside = Beside(device)
        self.seen, self.best_picture = picture.clone(), picture.clone()
        self.best_loss = torch.full((), torch.inf, dtype=torch.float64, device=device)
        self.count = torch.zeros(1, dtype=torch.int64, device=device)
        self.values = torch.zeros(rows, 5, dtype=torch.float64, device=device)
        """A row a step, in turns: content, style, tv, total, whether it converged."""

    def __call__(self) -> None:
        """Everything a step does."""
        self.optimizer.before_evaluation(self.picture)
        losses, gradient = self.objective.loss_and_gradient(self.picture)
        self.seen.copy_(self.picture)
        with self.beside():
            self._note(losses)
        converged = self.optimizer.step(self.picture, gradient, losses.total)
        self.beside.join()
        if self.optimizer.can_converge:
            self.values[:, -1].index_copy_(0, self.count % len(self.values), converged.double()[None])
        self.count += 1

    def _note(self, losses: Losses) -> None:
        """A row of the losses, and the picture where it is the best so far."""
        self.values[:, :-1].index_copy_(0, self.count % len(self.values), torch.stack([*losses]).double()[None])
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

    def go_on(self, checkpoint: Checkpoint) -> Course:
        """As if the steps before a checkpoint had been made; every tensor stays where it is. Returns their course."""
        course = restore(checkpoint, self.optimizer, self.picture)
        self.best_loss.fill_(course.best_loss)
        if course.best_picture is not None:
            self.best_picture.copy_(course.best_picture)
        self.count.fill_(course.evaluations)
        return course


def record(step: Step) -> Callable[[], None]:
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
    watch: Watch | None,
    resume: Checkpoint | None = None,
) -> Course:
    """`optimise` on CUDA; see there."""
    began = time.perf_counter()
    optimizer.prepare(picture)
    every = 1 if optimizer.can_converge else trace_every or READ_EVERY
    step = Step(objective, optimizer, picture, every)
    with torch.cuda.device(picture.device):
        replay = record(step)
        course = step.go_on(resume) if resume else Course()
        torch.cuda.synchronize()
        course.seconds_recording = time.perf_counter() - began
        reader = Reader(course, step, steps, trace_every, watch)
        for block in blocks(steps, every, exact_every, course.evaluations + 1):
            reader.run(block, replay)
            ahead = not optimizer.can_converge and not _divides(exact_every, block[-1])
            if reader.read(ahead=ahead and block[-1] < steps):
                break
            reader.keep_what_is_wanted()
    return course


def blocks(steps: int, every: int, exact_every: tuple[int, ...] = (), first: int = 1) -> Iterator[range]:
    """Evaluations `first` to `steps`, cut after multiples of `every` and of each other number (0: of none)."""
    for last in range(first, steps + 1):
        if last == steps or last % every == 0 or _divides(exact_every, last):
            yield range(first, last + 1)
            first = last + 1


def _divides(numbers: tuple[int, ...], evaluation: int) -> bool:
    return any(number and evaluation % number == 0 for number in numbers)


class Reader:
    """Reads what the steps left on the device, one block late while there is a next one to run."""

    def __init__(self, course: Course, step: Step, steps: int, trace_every: int, watch: Watch | None) -> None:
        self.course, self.step, self.steps = course, step, steps
        self.trace_every, self.watch = trace_every, watch
        self.waiting: list[tuple[range, Tensor, list[torch.cuda.Event]]] = []
        self.wanted: list[Keep] = []
        self.seconds = sum(course.durations)

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
        course = self.course
        for evaluation, before, after in zip(block, marks, marks[1:], strict=False):
            *found, converged = values[(evaluation - 1) % len(values)].tolist()
            losses = LossValues(*found)
            course.durations.append(before.elapsed_time(after) / 1e3)
            self.seconds += course.durations[-1]
            if course.note(evaluation, losses):
                course.best_picture = self.step.best_picture
            if in_trace(evaluation, self.steps, self.trace_every):
                course.record(evaluation, self.seconds, losses)
            course.check(evaluation, losses)
            if converged:
                course.converge(losses)
                return True
        if self.watch:
            seen = Progress(block[-1], self.steps, self.seconds, losses, self.step.seen)
            if keep := self.watch(seen):
                self.wanted.append(keep)
        return False

    def keep_what_is_wanted(self) -> None:
        """Hand watchers the checkpoint that they asked for: after all steps that were started, which are read first."""
        if self.wanted:
            self.read(ahead=False)
            checkpoint = Checkpoint(self.step.picture, self.step.optimizer.parts(), self.course)
            for keep in self.wanted:
                keep(checkpoint)
            self.wanted.clear()


def _mark() -> torch.cuda.Event:
    event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    event.record()
    return event
