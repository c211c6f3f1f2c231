"""Ratios of evaluations to a loss as tables and sentences: geometric means over pairs, a choice, and its judgement."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from docs.make.markdown import table
from nst.statements.estimate import MINIMUM, Estimate, quotient, short

PATIENCE = 2
"""A run that never reaches a loss counts as if it had done so after this many times its evaluations."""
LARGEST, LARGEST_HIGH = 0.8, 0.9
"""A variant becomes the default if its mean ratios are at most the one, and their intervals end below the other."""
LEAST_SIZE = 256
"""Pixels from which a size can decide a default."""
STARTS = ("content", "noise")
KINDS = ("transfer", "texture", "reconstruction")
Frame = pd.DataFrame
Name = Callable[["pd.Series[Any]"], str]
"""Names the variant of a row."""


def with_ratios(runs: Frame, name: Name) -> Frame:
    """Return the rows with their variant, pair, `ratio` of evaluations to the base's, and whether they got `never`."""
    texts = runs[["content", "style", "sizes"]].astype("object")
    runs = runs.assign(**texts.where(texts.notna(), ""))
    spent = runs["evaluations"].fillna(PATIENCE * runs["spent"])
    return runs.assign(
        variant=[name(row) for _, row in runs.iterrows()],
        pair=runs["content"] + " + " + runs["style"],
        start=runs["init"].where(runs["init"] == "content", "noise"),
        ratio=spent / runs["base"],
        never=runs["evaluations"].isna(),
    )


def preconditioner(run: "pd.Series[Any]") -> str:
    """Return the name of a run's preconditioner: `none`, `exponent 0.5` with FFTs, or its kind, as in `adaptive`."""
    kind, exponent = str(run["kind"]), f"exponent {run['exponent']:g}"
    if kind in ("none", "adaptive"):
        return kind
    return exponent if kind == "fourier" else f"{kind}, {exponent}"


def estimate(runs: Frame) -> Estimate:
    """Return the geometric mean of the ratios, each pair being one replicate, with its interval."""
    return quotient((pair, math.log(ratio)) for pair, ratio in zip(runs["pair"], runs["ratio"], strict=True))


def soonest(runs: Frame) -> dict[str, Estimate]:
    """Return the estimate of each variant over all marks of these runs, from the least to the greatest."""
    found = {str(name): estimate(mine) for name, mine in runs.groupby("variant", sort=False)}
    return dict(sorted(found.items(), key=lambda each: each[1].effect))


def is_met(estimates: Iterable[Estimate]) -> bool:
    """Return whether every estimate is small enough for a default, over enough pairs."""
    found = list(estimates)
    return bool(found) and all(
        each.n >= MINIMUM and each.effect <= LARGEST and each.high < LARGEST_HIGH for each in found
    )


def by_mark(runs: Frame) -> dict[int, Estimate]:
    """Return the estimate at each mark."""
    return {int(mark): estimate(runs[runs["mark"] == mark]) for mark in sorted(runs["mark"].unique())}


def choice(runs: Frame) -> tuple[str, str]:
    """Return the variant that is soonest on the pilot pairs, and a sentence; no name and sentence without pilots."""
    found = soonest(runs[runs["pilot"]])
    if not found:
        return "", "No pilot pair has run, so nothing is chosen."
    best, *others = found
    after = " and ".join(f"*{name}* ({short(found[name].effect)})" for name in others[:2])
    after = f", before {after}" * bool(after)
    return best, f"On the pilot pairs, *{best}* was the soonest (mean ratio {short(found[best].effect)}){after}."


def judged(runs: Frame, variant: str) -> tuple[dict[int, Estimate], str]:
    """Return the estimates of a variant on the pairs that are not pilots, and a sentence."""
    mine = runs[~runs["pilot"] & (runs["variant"] == variant)]
    found = by_mark(mine)
    if not found:
        return {}, "No other pair has run, so nothing is judged."
    parts = ", ".join(f"{each.words()} at {mark}" for mark, each in found.items())
    never = f" {_never(mine)} losses were never reached." if mine["never"].any() else ""
    return found, f"On the other pairs its ratio was {parts}.{never}"


def default(runs: Frame) -> str:
    """Choose a variant on the pilot pairs, judge it on the others, and say whether it becomes the default."""
    best, chosen = choice(runs)
    if not best:
        return chosen
    found, said = judged(runs, best)
    if not found:
        return f"{chosen} {said}"
    few = min(each.n for each in found.values())
    if few < MINIMUM:
        verdict = f"These are too few pairs to decide, which takes {MINIMUM}, so it does not become the default."
    elif is_met(found.values()) and runs["size"].max() < LEAST_SIZE:
        verdict = f"The rule is met at this size; a default is decided at {LEAST_SIZE} pixels or more."
    elif is_met(found.values()):
        verdict = f"The rule is met: *{best}* becomes the default."
    else:
        missed = [str(mark) for mark, each in found.items() if not is_met([each])]
        verdict = f"The rule is not met at {' and '.join(missed)}: *{best}* does not become the default."
    return f"{chosen} {said} {verdict}"


def ratios(runs: Frame, heads: Sequence[str]) -> str:
    """Return a table of ratios of the pairs that are not pilots: a line for each start and variant, a column a mark.

    `heads`: columns that tell the lines apart, the start among them; both starts together are lines, too.
    """
    runs = runs[~runs["pilot"]]
    marks = sorted(runs["mark"].unique())
    both = runs[runs["runs"] == "transfer"].assign(start="both")
    lines = pd.concat([runs, both]).sort_values("runs", key=lambda kinds: kinds.map(KINDS.index), kind="stable")
    rows = [
        [*names, mine["pair"].nunique(), *(_cell(mine[mine["mark"] == mark]) for mark in marks)]
        for names, mine in lines.groupby(list(heads), sort=False)
    ]
    titles = ("from" if head == "start" else head for head in heads)
    return table([*titles, "pairs", *(f"loss at {mark}" for mark in marks)], rows, texts=len(heads))


def _cell(runs: Frame) -> str:
    if runs.empty:
        return ""
    found = estimate(runs)
    interval = "" if math.isnan(found.low) else f" ({short(found.low)} to {short(found.high)})"
    never = f", {_never(runs)} never" if runs["never"].any() else ""
    return f"{short(found.effect)}{interval}{never}"


def _never(runs: Frame) -> str:
    return f"{runs['never'].sum()} of {len(runs)}"


def by_size(runs: Frame, say: Callable[[Frame], str]) -> str:
    """Return what `say` says of the runs of each size, length and precision, under a heading with these."""
    return "\n\n".join(
        f"### {size} pixels, {steps} evaluations, {precision}\n\n{say(mine)}"
        for (size, steps, precision), mine in runs.groupby(["size", "steps", "precision"])
    )
