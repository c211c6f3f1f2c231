"""Make one picture in memory (`nst.transfer`), or return what that would compute (`nst.make_spec`)."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from nst.errors import UserError
from nst.face.arguments import arguments
from nst.face.session import hydra_set_up
from nst.spec.records import Spec
from nst.sweep.hydra.argv import prepare
from nst.sweep.hydra.compose import compose_runs
from nst.sweep.hydra.errors import KEYS, takes_list

if TYPE_CHECKING:
    from nst.face.result import Transfer
    from nst.optimizer.schedule import Progress

KEPT = (
    *("runs_dir", "output", "quality", "alpha", "overwrite", "name", "plan", "rerun", "fail_fast", "report"),
    *("frames_every", "checkpoint_every"),
)
"""Keys about files on the disk."""


def make_spec(content: Any = None, style: Any = None, **keys: Any) -> Spec:
    """Return the checked `Spec` that `transfer` would run with the same arguments; compute nothing.

    Raises `UserError` (a `ValueError`), with one line that says what is wrong and the nearest valid choice.
    """
    given = {key: value for key, value in (("content", content), ("style", style)) if value is not None} | keys
    _check(given)
    words = prepare(arguments(given))
    with hydra_set_up(words):
        (run,) = compose_runs(words)
    return run.spec


def transfer(
    content: Any = None,
    style: Any = None,
    *,
    callback: "Callable[[Progress], None] | None" = None,
    progress: bool = True,
    **keys: Any,
) -> "Transfer":
    """Run one style transfer, reconstruction or texture, and return its picture, trace and numbers; store nothing.

    `content` and `style` are paths, built-in names, or pictures in memory: of Pillow, a NumPy array (H, W, 3) of uint8
    or of floats from 0 to 1, or a tensor (1, 3, H, W); a grey one is (H, W). Every other keyword is a key of the
    command line, with its default: `size=512`, `init="noise"`, `optimizer={"name": "adam", "lr": 0.1}`,
    `**{"optimizer.lr": 0.1}`, `content_layers=["conv_1", "conv_3"]`, `losses={"smooth": {"loss": "tv", "weight": 9}}`.

    `callback` is called after every evaluation with a `nst.optimizer.schedule.Progress`: its number, losses and
    picture. `progress=False` shows no bar. Raises `UserError` (a `ValueError`) for wrong arguments, and `JobError` if
    the loss diverges or memory runs out.
    """
    from nst import engine  # late: this imports torch
    from nst.face.result import Transfer
    from nst.sweep.progress import ConsoleProgress

    spec = make_spec(content, style, **keys)
    with closing(ConsoleProgress("")) as console:

        def update(current: "Progress") -> None:
            if progress and console.has_bar:
                console.update(current)
            if callback is not None:
                callback(current)

        return Transfer(spec, engine.transfer(spec, callback=update))


def _check(keys: dict[str, Any]) -> None:
    """Refuse keys that have no effect on a single run in memory."""
    for key, value in keys.items():
        if key.partition(".")[0] in KEPT:
            raise UserError(f"{key}: nst.transfer writes nothing to disk; nst.run_sweep and python -m nst.run do")
        if key == "measure":
            raise UserError("measure: nst.transfer writes nothing to disk; nst.measure(result) measures its result")
        if key in ("sweep", "pair") or key.startswith("hydra"):
            raise UserError(f"{key}: is for a sweep; nst.run_sweep makes one")
        if isinstance(value, list | tuple | range) and key in KEYS and key != "style" and not takes_list(key):
            raise UserError(f"{key}: has several values; nst.run_sweep makes a run for each, nst.transfer makes one")
