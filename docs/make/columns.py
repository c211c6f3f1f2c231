"""The page on the numbers of a run, from the table that everything recorded is named in."""

from docs.make.markdown import code, table
from nst.store.columns import PIXELS, TRACE, loss_columns, measured

TOP = """# Columns

Written by `python -m docs.make` from `nst/store/columns.py`. `nst.load(NAME)` and `results.csv` have a row a run: the
keys of the sweep, where the run was made, and these numbers from `metrics.json`. The losses are those of the terms that
the runs have, here of the usual three: a term `NAME` has `NAME_loss` and, of the saved picture, `NAME_loss_png`. The
loss of several targets is the sum of their losses by shares; `gram_distance_style` of a run with several styles is the
distance to their blend, the mean of their Gram matrices by shares, each style as it entered."""


def page() -> str:
    losses = loss_columns(("content", "style", "tv"))
    columns = measured(loss.name for loss in losses)
    rows = [(code(column.name), column.heading, column.kind, column.better or "") for column in columns]
    names = (code(column.name) for column in (*TRACE, *(loss for loss in losses if loss.in_table)))
    trace = f"`trace.csv` has a row an evaluation: {', '.join(names)}. Only a run of several scales has `size`."
    sides = (
        f"{' and '.join(code(column.name) for column in PIXELS)} are there if a size is `original` or `long:PIXELS`."
    )
    return "\n\n".join([TOP, table(["column", "is", "kind", "better"], rows), sides, trace]) + "\n"
