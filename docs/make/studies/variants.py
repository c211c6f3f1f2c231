"""Tell from specs how runs differ: a sweep has no column for what its other keys tell, nor always for precision."""

from pathlib import Path
from typing import Any

import pandas as pd

from nst.spec.records import Lbfgs, Spec
from nst.store.store import Store

VARIED = ("kind", "exponent", "first", "cap", "sizes", "each")
"""Columns in which variants differ."""
TOLD = (*VARIED, "precision")
"""Columns that are told from specs."""
_KEYS = ("optimizer.preconditioner.", "optimizer.first_step", "optimizer.max_step", "scales.", "precision")
"""Beginnings of the keys that these columns replace."""


def with_variants(runs: pd.DataFrame, runs_dir: Path) -> pd.DataFrame:
    """Return runs with the columns `TOLD` in place of the keys behind them, also in `attrs["keys"]`."""
    store = Store(runs_dir)
    specs = [store.spec(name) for name in runs["signature"]]
    found = pd.DataFrame([variant(spec) if spec else {} for spec in specs], runs.index, TOLD)
    kept = [key for key in runs.attrs["keys"] if not key.startswith(_KEYS)]
    told = pd.concat([runs.drop(columns=[name for name in runs if str(name).startswith(_KEYS)]), found], axis=1)
    told = told[[spec is not None for spec in specs]]
    told.attrs["keys"] = (*kept, *TOLD)
    return told


def variant(spec: Spec) -> dict[str, Any]:
    """Return the columns `TOLD`: sizes as `32+64`, `each` the evaluations at each of them but the last.

    Without a preconditioner the kind is `none`; in a run of one size, `sizes` is empty. `first` and `cap` are the
    length of the first step of L-BFGS, 0 by torch's rule, and the longest one.
    """
    optimizer = spec.optimizer if isinstance(spec.optimizer, Lbfgs) else None
    own = optimizer.preconditioner if optimizer else None
    *coarse, _ = spec.scales
    return {
        "kind": own.kind if own else "none",
        "exponent": own.exponent if own else None,
        "first": (optimizer.first_step or 0.0) if optimizer else None,
        "cap": optimizer.max_step if optimizer else None,
        "sizes": "+".join(str(scale.size) for scale in spec.scales) if coarse else "",
        "each": coarse[0].steps if coarse else None,
        "precision": spec.precision,
    }
