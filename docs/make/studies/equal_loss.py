"""Compare pictures of one loss: with a preconditioner, and without one after more evaluations.

The runs of a sweep say after how many evaluations each has the loss; runs of that many make the pictures.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

import nst
from docs.make.markdown import table
from docs.make.studies.reach import MARKS, reached
from docs.make.studies.reach_tables import preconditioner
from docs.make.studies.side_by_side import sheet
from docs.make.studies.study import Study
from docs.make.studies.variants import with_variants
from nst.errors import UserError
from nst.metrics.spectrum import fine, levels
from nst.spec.check import PRECONDITIONERS
from nst.statements.estimate import Estimate, average, quotient, short

MOST = 0.75
"""The least share of runs that must have a loss for pictures to be compared at it; the others have no pictures."""
LATEST = 100
"""The last mark whose loss pictures are made for: by then the picture is there, and a later one takes hours."""
PAIR = ["content", "style", "init"]
ALIKE = ["size", "precision"]
"""Settings that all runs of the sweep share, and the pictures of equal loss have, too."""
KINDS = ("none", *PRECONDITIONERS)
"""In the order of columns."""
HEADS = ("from", "preconditioner", "pairs", "loss", "SSIM of both pictures", "SSIM to the content", "outermost octave")


@dataclass(frozen=True)
class EqualLossStudy(Study):
    """A study of a row for each picture of a transfer."""

    takes_several = True

    def measure(self, sweep: str, runs_dir: Path) -> pd.DataFrame:
        """Make the missing pictures of one loss, as the sweep `NAME-equal` in the same store, and measure them."""
        runs = self.ran(sweep, runs_dir)
        found = reached(runs, runs_dir, MARKS)
        planned, mark = plan(found, sweep)
        made = _make(planned, sweep, runs_dir)
        return made.assign(mark=mark, device=", ".join(runs["device"].dropna().unique()))


def plan(found: pd.DataFrame, sweep: str) -> tuple[list[dict[str, Any]], int]:
    """Return the runs that end with the loss, and its mark: up to `LATEST`, the last whose loss `MOST` of them reached.

    The picture of the k-th evaluation is that of a run of k - 1, since a run's last update is not evaluated.
    """
    transfers = found[found["runs"] == "transfer"] if len(found) else found
    if transfers.empty:
        raise UserError(f"{sweep}: has no transfers with and without a preconditioner to compare")
    if len(transfers[ALIKE].drop_duplicates()) > 1 or (transfers["sizes"] != "").any():
        raise UserError(f"{sweep}: has several sizes or precisions; pictures are compared at one")
    transfers = transfers.assign(is_there=transfers["evaluations"].notna())
    shares = transfers.groupby("mark")["is_there"].mean()
    marks = [int(mark) for mark in shares[shares >= MOST].index if mark <= LATEST]
    if not marks:
        raise UserError(f"{sweep}: {MOST:.0%} of its transfers reached none of the losses, so no pictures compare")
    return list(_planned(transfers[transfers["is_there"] & (transfers["mark"] == marks[-1])])), marks[-1]


def _planned(transfers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for names, mine in transfers.groupby([*PAIR, *ALIKE], sort=False):
        place = dict(zip([*PAIR, *ALIKE], names, strict=True))
        yield {**place, "kind": "none", "exponent": 1.0, "steps": _steps(mine["base"].iloc[0])}
        for row in mine.to_dict("records"):
            own = {"kind": row["kind"], "exponent": float(row["exponent"])}
            yield {**place, **own, "steps": _steps(row["evaluations"])}


def _steps(evaluations: float) -> int:
    return max(1, math.ceil(evaluations) - 1)


def _make(planned: list[dict[str, Any]], sweep: str, runs_dir: Path) -> pd.DataFrame:
    """Make the runs that are missing and return a row for each."""
    names = {
        **dict.fromkeys((*PAIR, *ALIKE, "steps"), ""),
        **dict.fromkeys(("kind", "exponent"), "optimizer.preconditioner."),
    }
    keys: dict[str, Any] = {f"{prefix}{key}": f"${{pair.{key}}}" for key, prefix in names.items()}
    own: dict[str, Any] = {"name": f"{sweep}-equal", "runs_dir": str(runs_dir)}
    runs = nst.run_sweep(pair=planned, **keys, **own)
    unmade = runs[runs["state"] != "done"]
    if len(unmade):
        raise UserError(f"{sweep}-equal: {len(unmade)} of its {len(runs)} runs are not done: {unmade['error'].iloc[0]}")
    runs = with_variants(runs, runs_dir)
    return pd.DataFrame([row for _, mine in runs.groupby(PAIR, sort=False, observed=True) for row in _measured(mine)])


def _measured(runs: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield a row for each picture of one pair and start; the first one without a preconditioner is the base."""
    from nst.metrics.recorded import ssim

    records = runs.to_dict("records")
    pictures = [_read(run["image"]) for run in records]
    base = next(image for run, image in zip(records, pictures, strict=True) if run["kind"] == "none")
    kept = (*PAIR, "size", "steps", "kind", "exponent", "total_loss", "ssim_content")
    for run, image in zip(records, pictures, strict=True):
        yield {key: run[key] for key in kept} | {"ssim_base": ssim(image, base), "fine": fine(levels(image))}


def _read(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def tables(runs: pd.DataFrame) -> dict[str, str]:
    """Return a table for each size: each preconditioner against none, from each start."""
    found = "\n\n".join(
        f"At {size} pixels, the loss at {mark}:\n\n{_table(mine)}"
        for (size, mark), mine in runs.groupby(["size", "mark"])
    )
    return {"tables": found}


def _table(runs: pd.DataFrame) -> str:
    bases = runs[runs["kind"] == "none"].set_index(PAIR)
    others = runs[runs["kind"] != "none"].set_index(PAIR)
    pairs = others.join(bases.add_suffix("_of_base")).reset_index()
    groups = pairs.groupby(["init", "kind", "exponent"], sort=False)
    return table(HEADS, [[*_named(mine.iloc[0]), *_compared(mine)] for _, mine in groups], texts=2)


def _named(run: "pd.Series[Any]") -> tuple[str, str]:
    return "content" if run["init"] == "content" else "noise", preconditioner(run)


def _compared(pairs: pd.DataFrame) -> list[str]:
    """Return cells: geometric mean ratios of losses and of the outermost octave, mean SSIM and its difference."""
    names = pairs["content"] + " + " + pairs["style"]
    ratios = [
        quotient(zip(names, (pairs[column] / pairs[f"{column}_of_base"]).map(math.log), strict=True))
        for column in ("total_loss", "fine")
    ]
    difference = average(zip(names, pairs["ssim_content"] - pairs["ssim_content_of_base"], strict=True))
    mean = f"{pairs['ssim_base'].mean():.3f}"
    return [str(names.nunique()), short(ratios[0].effect), mean, _cell(difference, "+.3f"), _cell(ratios[1], ".3f")]


def _cell(found: Estimate, style: str) -> str:
    interval = "" if math.isnan(found.low) else f" ({found.low:{style}} to {found.high:{style}})"
    return f"{found.effect:{style}}{interval}"


def figure(sweep: str, runs_dir: Path) -> Image.Image:
    """Return the pictures of the sweep `NAME-equal` side by side, with the evaluations that each took."""
    runs = with_variants(nst.load(f"{sweep}-equal", runs_dir), runs_dir)
    runs = runs.assign(pair=runs["content"].astype(str) + " + " + runs["style"].astype(str))
    cells = {(run["pair"], _head(run)): (run["image"], _caption(run)) for _, run in runs.iterrows()}
    ordered = runs.sort_values(["init", "kind", "exponent"], na_position="first", kind="stable", key=_as_plain)
    columns = list(dict.fromkeys(_head(run) for _, run in ordered.iterrows()))
    return sheet(cells, list(runs["pair"].unique()), columns)


def _as_plain(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return values that sort by themselves, not in the order of a sweep."""
    values = values.map(KINDS.index) if values.name == "kind" else values
    return values.astype(str) if values.name == "init" else values


def _head(run: "pd.Series[Any]") -> str:
    start, own = _named(run)
    return f"from {start}, {'no preconditioner' if own == 'none' else own}"


def _caption(run: "pd.Series[Any]") -> str:
    return f"{run['pair']}, after {run['steps'] + 1}"


STUDY = EqualLossStudy("equal_loss", ("size",), tables, on_page_of="preconditioner", is_optional=True, figure=figure)
