"""Write frames of a run: its picture at regular evaluations, in `frames/` beside the result.

They are written into a hidden folder, which takes the place of `frames/` when the run is recorded. A run that resumes
from a checkpoint keeps the frames up to it.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from nst.optimizer.loop import Progress
from nst.pictures.tensors import encode_png, to_image
from nst.store.files.atomic import link, link_or_copy, write_bytes
from nst.store.files.names import FRAMES, UNFINISHED_FRAMES, remove_frames


class FrameWriter:
    """Writes `frames/000050.png` and so on; the number is the evaluation that saw the picture.

    `made`: evaluations that the run has already made; frames of later ones, or of another `every`, are removed.
    `show`: converts an optimised picture to the one that is shown.
    """

    def __init__(self, folder: Path, every: int, made: int = 0, show: Callable[[Tensor], Tensor] | None = None) -> None:
        self.folder = folder / UNFINISHED_FRAMES
        self.every, self.show = every, show
        kept = _names(every, made)
        remove_frames(self.folder, kept)
        for name in sorted(kept):
            recorded = folder / FRAMES / name  # with an attempt that failed
            if recorded.is_file() and not (self.folder / name).exists():
                link_or_copy(recorded, self.folder / name)

    def update(self, progress: Progress) -> None:
        """Write a frame if it is due; called by the loop, which does not count the time."""
        if self.every and progress.evaluation % self.every == 0:
            picture = self.show(progress.picture) if self.show else progress.picture
            write_bytes(self.folder / _name(progress.evaluation), encode_png(to_image(picture), {}))


def _name(evaluation: int) -> str:
    return f"{evaluation:06}.png"


def _names(every: int, made: int) -> set[str]:
    """Return the frames that a run has after `made` evaluations."""
    return {_name(evaluation) for evaluation in range(every, made + 1, every)} if every else set()


def has_frames(folder: Path, every: int, made: int) -> bool:
    """Return whether a run that resumes after `made` evaluations has the frames of those before."""
    places = (folder / UNFINISHED_FRAMES, folder / FRAMES)
    return all(any((place / name).is_file() for place in places) for name in _names(every, made))


def link_frames(folder: Path, new: Path) -> None:
    """Link the frames that were just written into the folder that replaces theirs; they stay here as well."""
    if (folder / UNFINISHED_FRAMES).is_dir():
        shutil.copytree(folder / UNFINISHED_FRAMES, new / FRAMES, copy_function=link)
