"""Make the missing runs of a sweep in this process (`nst.run_sweep`), and draw its report (`nst.make_report`)."""

import contextlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nst.errors import UserError
from nst.face.arguments import arguments
from nst.face.session import compose_sweep, hydra_set_up
from nst.sweep.hydra.argv import prepare

if TYPE_CHECKING:
    import pandas as pd

    from nst.store.plan import PlannedRun
    from nst.sweep.scheduler import Sweep

MULTIRUN = "--multirun"


def run_sweep(
    sweep: str | None = None,
    *,
    callback: "Callable[[pd.Series[Any]], object] | None" = None,
    progress: bool = True,
    **keys: Any,
) -> "pd.DataFrame":
    """Make the missing runs of a sweep, then its report, and return `nst.load` of it: one row per run.

    `sweep` names one of the sweeps that come with nst; the keywords are keys of the command line, as in
    `nst.transfer`, and override those of the sweep. A list varies: `content_layers=["conv_1", "conv_3"], seed=range(3)`
    makes six runs, and `content="photos/"` one for each picture there. For keys that take lists, a tuple, or a list
    within the list, is one value: `style_layers=[["conv_1", "conv_2"], ["conv_3"]]` makes two runs,
    `style_layers=("conv_1", "conv_2")` holds for all.
    `report` and `picture_dirs` never vary.

    Runs are stored in `runs_dir` (`runs`), where the command line finds them, too; after an interruption the same call
    resumes. `runs.attrs["name"]` is the sweep's name there. A run that fails does not end the others: its row has its
    state and error. `progress=False` prints nothing. `callback` is called with the row of each run that ends, done or
    failed, but not of earlier ones; an exception that it raises ends the sweep, and finished runs are kept. Raises
    `UserError` (a `ValueError`) for wrong arguments, before anything starts.
    """
    _check(keys)
    given = ({} if sweep is None else {"sweep": sweep}) | keys
    words = arguments(given, varies=True)
    with contextlib.nullcontext() if progress else contextlib.redirect_stderr(io.StringIO()):
        current = _plan(words)
        _make(current, callback)
    return _frame(current)


def make_report(
    name: str,
    runs_dir: str | Path = "runs",
    *,
    rows: str | Sequence[str] | None = None,
    cols: str | Sequence[str] | None = None,
    facet: str | Sequence[str] | None = None,
    crop: str | Sequence[float] | None = None,
    width: int | None = None,
    tradeoff: str | Sequence[str] | None = None,
    where: Mapping[str, Any] | None = None,
    formats: str | Sequence[str] | None = None,
) -> Path:
    """Draw the report of sweep `name` again, with other axes or for some of its runs, and return the path of its page.

    The arguments are those of `nst.report.build.build`. Raises `UserError` if there is no such sweep, key or format.
    """
    from nst.report.build import FORMATS, build

    chosen: dict[str, Any] = {"rows": rows, "cols": cols, "facet": facet, "crop": crop, "width": width, "where": where}
    chosen["tradeoff"] = tradeoff
    return build(name, Path(runs_dir), **chosen, formats=FORMATS if formats is None else formats) / "index.html"


def _plan(words: Sequence[str]) -> "Sweep":
    prepared = prepare([MULTIRUN, *words])
    from nst.sweep.hydra.callback import command_line, start  # late: this imports torch

    with hydra_set_up(prepared):
        return start(compose_sweep([word for word in prepared if word != MULTIRUN]), command_line(words))


def _make(sweep: "Sweep", callback: "Callable[[pd.Series[Any]], object] | None") -> None:
    """Make all runs that are due, then the report, unless nothing was due and it is there as asked."""
    from nst.sweep.progress import LivePage
    from nst.sweep.scheduler import due, execute, is_reported, report

    left = due(sweep)
    if len(left) > 1:
        LivePage(sweep.store, sweep.plan).begin()
    execute(sweep, lambda run: callback and callback(_row(sweep, run)))
    if left or not is_reported(sweep):
        report(sweep, is_recalled=not left)


def _row(sweep: "Sweep", run: "PlannedRun") -> "pd.Series[Any]":
    """Return the row that a run has in the frame of its sweep."""
    from nst.report.read.load import typed

    row: pd.Series[Any] = typed(replace(sweep.plan, runs=(run,)), sweep.store).iloc[0]
    return row


def _frame(sweep: "Sweep") -> "pd.DataFrame":
    from nst.report.read.load import load

    runs = load(sweep.plan.name, sweep.store.root)
    runs.attrs["name"] = sweep.plan.name
    return runs


def _check(keys: Mapping[str, Any]) -> None:
    for key in keys:
        if key.startswith("hydra"):
            raise UserError(f"{key}: nst.run_sweep makes its runs in this process; python -m nst.run starts workers")
        if key in ("plan", "output"):
            raise UserError(f"{key}: is for the command line, python -m nst.run")
