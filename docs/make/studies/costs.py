"""Compare each method's time per evaluation and peak memory with those of the Gram loss in the same round."""

import pandas as pd

from docs.make.markdown import code, table
from docs.make.studies.study import Study

TIME, MEMORY = "ms_per_evaluation_p50", "peak_memory_mib"
METHOD = ["style_loss", "style_layers", "style", "guides"]
HEADS = ("method", "at", "rounds", "time of an evaluation", "least and greatest", "peak memory")


def tables(runs: pd.DataFrame) -> dict[str, str]:
    """Return the table: one line per method except the Gram loss of one style, which is 1."""
    runs = runs.assign(guides=runs["guides"].fillna(""), plain=_is_plain(runs))
    base = runs[runs["plain"]].set_index("repeat")
    ratios = runs.assign(
        time=runs[TIME] / runs["repeat"].map(base[TIME]), memory=runs[MEMORY] / runs["repeat"].map(base[MEMORY])
    )
    groups = ratios[~ratios["plain"]].groupby(METHOD, sort=False)
    rows = [_row(group) for _, group in groups]
    return {"costs": table(HEADS, rows, texts=2), "rounds": str(max(len(group) for _, group in groups))}


def _is_plain(runs: pd.DataFrame) -> pd.Series:
    """Return which runs have one style and no guides, with a Gram loss."""
    return (runs["style_loss"] == "gram") & runs["guides"].isna() & ~runs["style"].str.contains("+", regex=False)


def _row(group: pd.DataFrame) -> list[str]:
    method = group.iloc[0]
    words = code(method["style_loss"])
    words += ", two guides" * bool(method["guides"]) + ", two styles" * ("+" in method["style"])
    time = group["time"]
    spread = f"{time.min():.2f} to {time.max():.2f}" if len(group) > 1 else ""
    memory = f"{group['memory'].median():.2f}"
    return [words, method["style_layers"], str(len(group)), f"{time.median():.2f}", spread, memory]


STUDY = Study(
    "costs", (*METHOD, "repeat", "size", "steps", "precision"), tables, numbers=(TIME, MEMORY), page_name="methods"
)
