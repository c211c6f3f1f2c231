"""Compare the methods of a sweep at equal content kept: `nst.tradeoff`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def tradeoff(runs: "pd.DataFrame", *, method: str | None = None, over: str | None = None) -> "pd.DataFrame":
    """Return a sweep's trade-off in numbers: one row for two methods, a measure to the content and one to the style.

    `runs`: the frame of `nst.load`, of measured runs. `method`: the key whose values are compared, `style_loss` or
    `content_loss` or another that varies; `over`: the key that a curve runs over, by default a weight or `steps`.

    Columns: `content_kept` and `style_met` (measures, none of them minimised by a compared loss), `first`, `second`,
    `n` independent pictures of a `unit` (pairs, contents or styles), `wins` of them for `leader`, the method that is
    better on average, `difference` (first minus second in `style_met` at equal `content_kept`) with `half` of its 95 %
    interval, `share` of the content kept that both reach, `apart` (pairs of pictures without any), `p` before Holm's
    correction, and `verdict`: a method, or undecided. Raises `UserError` if there is nothing to compare, or if a
    key does not vary.
    """
    from nst.errors import UserError
    from nst.report.stats.tradeoff.sheet import tidy, trade_off

    _check(runs, {"method": method, "over": over})
    found = trade_off(runs, method=method, over=over)
    if found is None:
        raise UserError(
            "nst.tradeoff: needs measured runs (measure=True) of two methods or more, over two weights or more"
        )
    return tidy(found)


def _check(runs: "pd.DataFrame", asked: Mapping[str, str | None]) -> None:
    """Refuse what is no frame of runs, and keys that do not vary."""
    import pandas as pd

    from nst.errors import UserError, did_you_mean
    from nst.report.stats.tradeoff.choice import distinct

    if not isinstance(runs, pd.DataFrame):
        raise UserError(f"nst.tradeoff: a {type(runs).__name__} is no frame of runs; nst.load(NAME) returns one")
    varied = [key for key in runs.attrs.get("keys", ()) if len(distinct(runs, key)) > 1]
    for argument, key in asked.items():
        if varied and key is not None and key not in varied:
            raise UserError(f"nst.tradeoff: {argument}={key}: does not vary{did_you_mean(key, varied)}")
