"""Generate the page on a run's numbers, from the table of all recorded columns."""

from docs.make.markdown import code, table
from nst.metrics.table import MEASURES
from nst.store.columns import PIXELS, TRACE, loss_columns, measured

TOP = """# Columns

Written by `python -m docs.make` from `nst/store/columns.py`. `nst.load(NAME)` and `results.csv` have one row per run:
the keys of the sweep, where it ran, and these numbers from `metrics.json`. The losses are those of the runs' terms,
here the usual three: a term `NAME` has `NAME_loss` and, for the saved picture, `NAME_loss_png`. The loss of several
targets is the sum of their losses weighted by shares; with several styles, `gram_distance_style` is the distance to
their blend, the mean of their Gram matrices weighted by shares, each style as it entered."""

MEASURED = """## Measures

Only runs that were measured have these, from `measures.json`: `measure=true`, or `python -m nst.report NAME --measure`.
[Measures](measures.md) defines them, and says when each misleads."""


def page() -> str:
    losses = loss_columns(("content", "style", "tv"))
    columns = measured(loss.name for loss in losses)
    rows = [(code(column.name), column.heading, column.kind, column.better or "") for column in columns]
    names = (code(column.name) for column in (*TRACE, *(loss for loss in losses if loss.in_table)))
    trace = f"`trace.csv` has one row per evaluation: {', '.join(names)}. Only a run of several scales has `size`."
    sides = (
        f"{' and '.join(code(column.name) for column in PIXELS)} are there if a size is `original` or `long:PIXELS`."
    )
    numbers = table(["column", "is", "kind", "better"], rows)
    return "\n\n".join([TOP, numbers, sides, trace, MEASURED, _measures()]) + "\n"


def _measures() -> str:
    heads = ["column", "is", "unit", "better", "compared with", "source", "own of"]
    rows = [
        (code(one.name), one.title, one.unit, one.better or "", one.of or "", one.source, ", ".join(map(code, one.own)))
        for one in MEASURES
    ]
    return table(heads, rows)
