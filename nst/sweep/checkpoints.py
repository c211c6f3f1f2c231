"""Write the checkpoints of one run as it goes, and resume it from the last one."""

from typing import TYPE_CHECKING

from nst.optimizer.checkpoint import CannotResume, Checkpoint, CheckpointCallback
from nst.optimizer.schedule import Callback, Progress
from nst.signals import STOP, Terminated
from nst.spec.records import Spec
from nst.spec.signature import signature
from nst.store.files.checkpoint import (
    Unusable,
    read_checkpoint,
    remove_leftovers,
    set_checkpoint_aside,
    write_checkpoint,
)
from nst.store.files.names import CHECKPOINT
from nst.store.store import Store
from nst.sweep.progress import ConsoleProgress

if TYPE_CHECKING:
    from nst.result import Result


class Checkpoints:
    """The checkpoints of a run whose lock is held."""

    def __init__(self, store: Store, spec: Spec, console: ConsoleProgress) -> None:
        self.store, self.spec, self.console = store, spec, console
        self.folder = store.run(signature(spec))
        remove_leftovers(self.folder)

    def found(self) -> Checkpoint | None:
        """Return the checkpoint to resume from, and print where; a done run that is made again starts over."""
        if self._is_made_again():
            return None
        try:
            checkpoint = read_checkpoint(self.folder, self.spec)
        except Unusable as reason:
            self._refuse(reason)
            return None
        if checkpoint:
            self.console.say(f"resumes after evaluation {checkpoint.evaluation} of {self.spec.evaluations}")
        return checkpoint

    def transfer(self, callback: Callback, resume: Checkpoint | None) -> "Result":
        """Run, from a checkpoint if there is one that fits."""
        from nst.engine import transfer

        try:
            return transfer(self.spec, callback=callback, resume=resume)
        except CannotResume as reason:
            self._refuse(reason)
            return transfer(self.spec, callback=callback)

    def update(self, progress: Progress) -> CheckpointCallback | None:
        """Ask for a checkpoint if one is due or the process is to end; raises `Terminated` if it ends without one."""
        every = self.spec.runtime.checkpoint_every
        if STOP.asked and not every:
            raise Terminated
        due = every and progress.evaluation % every == 0 and progress.evaluation < progress.steps
        return self.write if due or STOP.asked else None

    def write(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint; a full disk costs a line, not the run. Then end, if a signal asked for that."""
        made = f"evaluation {checkpoint.evaluation} of {self.spec.evaluations}"
        try:
            write_checkpoint(self.folder, self.spec, checkpoint)
        except OSError as error:
            self.console.complain(f"no checkpoint after {made}: {error.strerror or error}")
        else:
            if STOP.asked:
                self.console.say(f"stopped after {made}; {self._told_of_same_command()}")
        if STOP.asked:
            raise Terminated

    def _told_of_same_command(self) -> str:
        if self._is_made_again():
            return "it was made again, and the earlier result stays; the same command starts over"
        return "the same command resumes from there"

    def _is_made_again(self) -> bool:
        return self.store.metrics(signature(self.spec)) is not None

    def _refuse(self, reason: Unusable | CannotResume) -> None:
        """Print why a checkpoint is not used, and set it aside, so that the next call does not find it."""
        set_checkpoint_aside(self.folder)
        self.console.complain(f"starts over, without its {CHECKPOINT}: {reason}")
