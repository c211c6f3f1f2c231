"""Build the report of a sweep in `runs/sweeps/<name>/report/`, self-contained."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd

from nst.errors import UserError, did_you_mean
from nst.report import tradeoffs
from nst.report.context import ReportContext
from nst.report.figure import axes, figures, pictures
from nst.report.figure.geometry import region
from nst.report.page import html
from nst.report.read import frame
from nst.report.read.filter import promote, select
from nst.report.read.layout import Crop, gridded, layout, parse_crop, parse_keys, parse_width
from nst.report.stats import shares, timing
from nst.store.command import command
from nst.store.plan import Plan, Value, read_plan
from nst.store.store import Record, Store
from nst.typed_values import user_path

FORMATS = ("html", "png", "pdf", "csv", "md", "tex")
LIVE = ("html", "csv")  # rewritten while a sweep still runs: the others take seconds
POLL_SECONDS = 2.0

Keys = str | Sequence[str] | None


def build(
    name: str,
    runs_dir: Path = Path("runs"),
    *,
    rows: Keys = None,
    cols: Keys = None,
    facet: Keys = None,
    crop: str | Crop | Sequence[float] | None = None,
    width: int | str | None = None,
    tradeoff: Keys = None,
    where: Mapping[str, Value] | None = None,
    formats: str | Collection[str] = FORMATS,
) -> Path:
    """Write the report of sweep `name` and return its folder.

    `rows`, `cols`, `facet` (keys, several of them joined), `crop` (x, y, w, h in pixels, or in fractions) and `width`
    (of a PNG, in pixels) override the plan's own; axes make a grid of triples; `tradeoff` names the key of its
    methods, and then that of its curves; `where` keeps only runs with these values. Files of other formats than
    `formats` stay as they are.
    Raises `UserError` if there is no such sweep, key or format, if the crop lies outside all results, or if a requested
    trade-off cannot be drawn; a broken run folder is shown in the report, never raised.
    """
    formats = (parse_keys(formats) or ()) if isinstance(formats, str) else formats
    check_formats(formats)
    store = Store(user_path("runs_dir", runs_dir))
    asked = [parse_keys(keys) for keys in (rows, cols, facet)]
    plan = select(read_plan(store, name), where or {})
    plan = promote(plan, (key for keys in asked for key in keys or ()))
    plan = tradeoffs.asked_for(plan, parse_keys(tradeoff))
    plan = gridded(plan) if any(keys is not None for keys in asked) else plan
    chosen = axes.choose(plan, *asked)
    found = frame.frame(plan, store)
    shown = _crop(parse_crop(crop), plan, found)
    wide = parse_width(width) or layout(plan.report).width
    context = ReportContext(plan, found, chosen, shown, store, store.report(plan.name), wide)
    if tradeoff is not None and formats:
        tradeoffs.check(context)
    _write(context, formats)
    return store.report(plan.name)


def check_formats(formats: Collection[str]) -> None:
    """Raise `UserError` for a format that no report has."""
    for wrong in (one for one in formats if one not in FORMATS):
        raise UserError(f"unknown format '{wrong}'{did_you_mean(wrong, FORMATS)}")


def _write(context: ReportContext, formats: Collection[str]) -> None:
    plan, found, folder = context.plan, context.frame, context.folder
    drawn = figures.write(context, formats)
    sheets = timing.write(plan, found, folder, formats)
    tradeoffs.write(context, formats)
    explained = shares.write(plan, found, folder, formats)
    if "csv" in formats:
        frame.write(found, folder / "results.csv", [command(run, plan) for run in plan.runs])
    if "html" in formats:
        html.write(context, drawn, sheets, explained)


def _crop(asked: Crop | None, plan: Plan, found: pd.DataFrame) -> Crop | None:
    """Return the requested crop, else the plan's own, which is ignored if it lies outside every result."""
    crop = asked or layout(plan.report).crop
    if crop is None:
        return None
    sizes = pictures.sizes(path for path in found["image"] if isinstance(path, Path)).values()
    if not sizes or any(region(crop, size) for size in sizes):
        return crop
    if asked is None:
        return None
    if found["state"].isin(("pending", "running")).any():  # a larger result may still come
        return crop
    most = f"{max(width for width, _ in sizes)} x {max(height for _, height in sizes)}"
    raise UserError(f"crop {','.join(f'{part:g}' for part in crop)} lies outside the pictures ({most} at most)")


def watch(name: str, runs_dir: Path, make: Callable[..., Path], formats: Collection[str]) -> None:
    """Call `make(formats=...)` whenever a run of sweep `name` ends; return when all have ended.

    While runs are left, only the page and its numbers are rebuilt; the figures are redrawn at the end.
    """
    store, live = Store(runs_dir), [one for one in formats if one in LIVE] or formats

    def records() -> list[Record]:  # two equal lists: no run ended in between
        return [store.record(run.signature, probe=False) for run in read_plan(store, name).runs]

    seen = records()
    while any(record.is_missing for record in seen):
        time.sleep(POLL_SECONDS)
        before, seen = seen, records()
        if seen != before:
            make(formats=live)
    make(formats=formats)
