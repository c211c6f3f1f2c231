"""Compare final losses in bf16 with those of the same runs in fp32."""

import pandas as pd

from docs.make.markdown import table
from docs.make.studies.study import Study

PLACE = ("content", "style", "content_layers", "style_layers", "init")
HEADS = ("loss", "pictures", "layers", "start", "bf16 / fp32, means", "single runs", "spread of fp32", "`auto`")


def tables(runs: pd.DataFrame) -> dict[str, str]:
    """Return one table: one line per placement of losses that was run in both precisions."""
    groups = [group for _, group in runs.groupby(list(PLACE), sort=False, dropna=False)]
    return {"table": table(HEADS, [row for group in groups if (row := _row(group))], texts=4)}


def _row(group: pd.DataFrame) -> list[str]:
    """Return cells: bf16's final losses over fp32's, and the spread of fp32 over seeds; no cells without both."""
    losses = group.pivot(index="seed", columns="precision", values="total_loss")
    losses = losses.reindex(columns=["fp32", "bf16"]).dropna()
    if losses.empty:
        return []
    first, full, ratios = group.iloc[0], losses["fp32"], losses["bf16"] / losses["fp32"]
    pictures, layers = first[["content", "style"]].dropna(), first[["style_layers", "content_layers"]].dropna()
    kind = "transfer" if len(layers) == 2 else "texture" if "style_layers" in layers else "reconstruction"
    return [
        kind,
        " + ".join(pictures),
        ", ".join(layers),
        first["init"],
        f"{losses['bf16'].mean() / full.mean():.3f}",
        f"{ratios.min():.3f} to {ratios.max():.3f}" if len(ratios) > 1 else "one",
        f"{100 * full.std() / full.mean():.1f} %" if len(ratios) > 1 else "",
        "bf16" if kind == "transfer" else "fp32",
    ]


STUDY = Study("precision", (*PLACE, "seed", "size", "steps", "precision"), tables)
