"""The trade-off of a sweep in its report: figure, sentences and table, if it has measures, a method and a weight."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nst.errors import UserError, did_you_mean
from nst.report.context import ReportContext
from nst.report.figure.figures import Figure
from nst.report.figure.pictures import size_of
from nst.report.read.layout import layout
from nst.report.stats.tables import NumberTable
from nst.report.stats.tradeoff import sheet
from nst.report.stats.tradeoff.sheet import TradeOff, trade_off
from nst.report.stats.tradeoff.words import Statement
from nst.store.plan import Plan

FIGURE = "tradeoff.png"


@dataclass(frozen=True)
class Section:
    """The part of the page about a trade-off; `figure` is None if none has been drawn."""

    figure: Figure | None
    statements: list[Statement]
    rules: str
    left_out: str
    sheet: NumberTable


def asked_for(plan: Plan, keys: Sequence[str] | None) -> Plan:
    """Return the plan with these keys of its trade-off, methods and curves; `UserError` unless they vary."""
    if keys is None:
        return plan
    for key in keys:
        if key not in plan.varied:
            raise UserError(f"tradeoff: '{key}' does not vary in sweep '{plan.name}'{did_you_mean(key, plan.varied)}")
    if len(keys) > 2:
        raise UserError(f"tradeoff: {len(keys)} keys; give that of the methods, and that of the curves")
    return replace(plan, report={**plan.report, "tradeoff": dict(zip(("method", "over"), keys, strict=False))})


def check(context: ReportContext) -> None:
    """Raise `UserError` if there is no trade-off to draw, and no run is left that may still bring one."""
    if not context.frame["state"].isin(("pending", "running")).any() and _found(context) is None:
        need = "measured runs (--measure) of two methods or more, each with two or more numbers of another key"
        raise UserError(f"tradeoff: sweep '{context.plan.name}' has none with these keys; it needs {need}")


def write(context: ReportContext, formats: Collection[str]) -> None:
    """Write the figure and the tables in these formats, or delete them if there is no trade-off."""
    found = _found(context)
    sheet.write(found, context.folder, formats)
    if drawings := [context.folder / f"tradeoff.{one}" for one in ("png", "pdf") if one in formats]:
        from nst.report.figure import tradeoffs  # and Matplotlib

        tradeoffs.write(found, drawings)


def section(context: ReportContext) -> Section | None:
    """Return what the page shows, with the figure that was drawn last."""
    found = _found(context)
    if found is None:
        return None
    return Section(drawn(context.folder), found.statements, found.rules, found.left_out, sheet.table(found))


def drawn(folder: Path) -> Figure | None:
    """Return the figure that was drawn into a folder last, or None."""
    size = size_of(folder / FIGURE)
    return Figure(FIGURE, *size, "Style met against content kept, a curve for each method") if size else None


def _found(context: ReportContext) -> TradeOff | None:
    asked = layout(context.plan.report).tradeoff
    return trade_off(context.frame, context.plan.constants, method=asked.method, over=asked.over)
