"""Generate the page on a run's numbers, from the table of all recorded columns."""

from docs.make.markdown import code, table
from nst.store.columns import TRACE, loss_columns, measured

TOP = """# Columns

Written by `python -m docs.make` from `nst/store/columns.py`. `nst.load(NAME)` and `results.csv` have one row per run:
the keys of the sweep, where it ran, and these numbers from `metrics.json`. The losses are those of the runs' terms,
here the usual three: a term `NAME` has `NAME_loss` and, for the saved picture, `NAME_loss_png`. The loss of several
targets is the sum of their losses weighted by shares; with several styles, `gram_distance_style` is the distance to
their blend, the mean of their Gram matrices weighted by shares, each style as it entered."""


def page() -> str:
    losses = loss_columns(("content", "style", "tv"))
    columns = measured(loss.name for loss in losses)
    rows = [(code(column.name), column.heading, column.kind, column.better or "") for column in columns]
    names = (code(column.name) for column in (*TRACE, *(loss for loss in losses if loss.in_table)))
    trace = f"`trace.csv` has one row per evaluation: {', '.join(names)}. Only a run of several scales has `size`."
    return "\n\n".join([TOP, table(["column", "is", "kind", "better"], rows), trace]) + "\n"
