"""The one table of recorded numbers: every column of `metrics.json`, of a trace and of a sweep's frame.

Losses are named by the term of the objective that they belong to (`style_loss`, `style_2_loss`, and `..._loss_png` for
the picture as it was saved), so their columns follow from a rule; all other columns are listed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from nst.metrics import table

Kind = Literal["loss", "comparison", "count", "time", "memory", "text", "path"]
Better = Literal["lower", "higher"]

TOTAL, EVALUATION, SECONDS, SIZE = "total_loss", "evaluation", "seconds", "size"
_LOSS = re.compile(r"([a-z][a-z0-9_]*?)_loss(_png|_value)?")


@dataclass(frozen=True)
class Column:
    """A recorded value: its name on the disk and in the frame, its title in words, and which way is better, if any.

    `in_table`: shown in the table of runs.
    """

    name: str
    title: str
    kind: Kind
    unit: str = ""
    better: Better | None = None
    in_table: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind not in ("text", "path")

    @property
    def heading(self) -> str:
        """The title with the unit: `PSNR to content (dB)`."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


def loss_column(term: str, is_png: bool = False) -> Column:
    """Return the column of a term's loss, of the saved picture if `is_png`."""
    title = f"{'TV' if term == 'tv' else term.replace('_', ' ')} loss{' of the PNG' * is_png}"
    return Column(f"{term}_loss{'_png' * is_png}", title, "loss", better="lower", in_table=not is_png)


METRICS = (
    Column("steps_requested", "steps requested", "count"),
    Column("evaluations", "evaluations", "count", in_table=True),
    loss_column("total"),
    loss_column("total", is_png=True),
    Column("best_total_loss", "best total loss", "loss", better="lower"),
    Column("best_evaluation", "best evaluation", "count"),
    Column("seconds_loop", "loop", "time", "s", "lower", in_table=True),
    Column("ms_per_evaluation_p50", "p50", "time", "ms", "lower"),
    Column("ms_per_evaluation_p90", "p90", "time", "ms", "lower"),
    Column("seconds_warmup", "warm-up", "time", "s", "lower"),
    Column("seconds_setup", "set-up", "time", "s", "lower"),
    Column("peak_memory_mib", "peak memory", "memory", "MiB", "lower"),
    Column("psnr_content_db", "PSNR to content", "comparison", "dB", "higher", in_table=True),
    Column("ssim_content", "SSIM to content", "comparison", "", "higher", in_table=True),
    Column("gram_distance_style", "Gram distance to style", "comparison", "", "lower", in_table=True),
    Column("feature_distance_content", "feature distance to content", "comparison", "", "lower", in_table=True),
    Column("history_used", "L-BFGS history", "count"),
    Column("resumed_at", "resumed after evaluation", "count"),
)
"""The numbers of `metrics.json` except the losses of terms, in the order of the frame."""
MEASURES = tuple(
    Column(one.name, one.title, "comparison", one.unit, one.better, one.in_table)
    for one in table.MEASURES
    if one.name not in {column.name for column in METRICS}
)
"""The numbers of `measures.json`, which only runs have that were measured."""
RAN_ON = tuple(
    Column(name, name, "count" if name == "threads" else "text") for name in ("device", "host", "threads", "precision")
)
"""The machine and settings of a run, from `provenance.json`."""
PATHS = tuple(
    Column(name, "result" if name == "image" else name.replace("_", " "), "path")
    for name in ("folder", "image", "start", "trace", "content_picture", "style_picture")
)
WORDS = tuple(
    Column(name, name, "text") for name in ("signature", "label", "state", "stopped", "remark", "machine", "error")
)
TRACE = (
    Column(EVALUATION, "evaluation", "count"),
    Column(SECONDS, "seconds", "time"),
    Column(SIZE, "size", "count"),
)
"""The columns of a trace beside its losses; only a run of several scales has the size."""
PIXELS = (Column("width_px", "width", "count", "px"), Column("height_px", "height", "count", "px"))
"""The sides of a result, of runs whose size is given in a word, `original` or `long:1024`."""

_OTHER_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("attempt", "seen", "errno", "workers", "version"), (int,)),
    **dict.fromkeys(("type", "message", "traceback", "device_id", "network", "started_utc", "ended_utc"), (str,)),
    **dict.fromkeys(("name", "sweep", "purpose", "command", "created_utc", "summary"), (str,)),
    **dict.fromkeys(("inputs", "git", "versions", "pictures", "constants", "report", "values", "stand_ins"), (dict,)),
    "balance_factors": (dict,),
    **dict.fromkeys(("ruler", "picture_sha256"), (str,)),
    "seconds_measuring": (int, float),
    **dict.fromkeys(("argv", "varied", "jobs", "overrides"), (list,)),
}
"""Types of the other values in a store's JSON files, by key: a key means the same in every file."""

_BY_NAME: Mapping[str, Column] = {
    column.name: column for column in (*METRICS, *MEASURES, *RAN_ON, *PATHS, *WORDS, *TRACE, *PIXELS)
}


def column(name: str) -> Column | None:
    """Return the column of this name, that of any term's loss included; None if there is none."""
    match = _LOSS.fullmatch(name)
    if name in _BY_NAME or match is None:
        return _BY_NAME.get(name)
    found = loss_column(match[1], match[2] == "_png")
    return replace(found, name=name, title=f"value of the {found.title}") if match[2] == "_value" else found


def misfits(data: Mapping[str, Any]) -> list[str]:
    """Return the keys of a JSON file of a store whose values nst cannot have written; null fits everywhere."""
    return [key for key, value in data.items() if value is not None and not _fits(key, value)]


def _fits(key: str, value: Any) -> bool:
    known = column(key)
    if known and known.is_number:
        is_signed = known.kind in ("loss", "comparison")
        return type(value) in (int, float) and (is_signed or 0 <= value < 2**63)
    types = (str,) if known else _OTHER_TYPES.get(key)
    return types is None or type(value) in types


def beside_key(name: str) -> str:
    """Name a loss's column in a sweep over the key of that name: `style_loss_value` beside `style_loss=gram`."""
    return f"{name}_value"


def loss_columns(terms: Iterable[str]) -> tuple[Column, ...]:
    """Return the losses of these terms, the usual ones first, the total last, then the same of the saved picture."""
    first, found = ("content", "style", "tv"), set(terms)
    ordered = [*(term for term in first if term in found), *sorted(found - {*first, "total"}), "total"]
    return tuple(loss_column(term, is_png) for is_png in (False, True) for term in ordered)


def measured(names: Iterable[str]) -> tuple[Column, ...]:
    """Return the numbers of a frame whose runs recorded these names: `METRICS`, losses of the terms, and `MEASURES`."""
    names = tuple(names)
    matches = [match for name in names if name not in _BY_NAME and (match := _LOSS.fullmatch(name))]
    losses = loss_columns(match[1] for match in matches)
    counts, rest = METRICS[:2], [one for one in METRICS[2:] if one not in losses]
    return *counts, *losses, *rest, *(one for one in MEASURES if one.name in names)
