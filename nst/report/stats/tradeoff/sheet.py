"""Tabulate a trade-off: one row per comparison, in words for the page and in numbers for `tradeoff.csv`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from nst.errors import UserError
from nst.report import labels
from nst.report.stats.tables import PREAMBLE, NumberTable, latex, markdown
from nst.report.stats.tradeoff import words
from nst.report.stats.tradeoff.choice import Choice, choose, distinct
from nst.report.stats.tradeoff.compare import Comparison, comparisons
from nst.report.stats.tradeoff.curve import Curve, curves
from nst.store.files.atomic import remove, write_text
from nst.store.plan import Value

FILES = ("tradeoff.csv", "tradeoff.md", "tradeoff.tex")


@dataclass(frozen=True)
class TradeOff:
    """The trade-off of a sweep: its choice, the curves on each pair of axes, and the comparisons; `names`: methods."""

    choice: Choice
    names: Mapping[Value, str]
    curves: tuple[tuple[Curve, ...], ...]
    comparisons: tuple[Comparison, ...]

    @cached_property
    def statements(self) -> list[words.Statement]:
        return words.statements(self.comparisons, self.names)

    @cached_property
    def rules(self) -> str:
        found = [curve for some in self.curves[:: len(self.choice.style)] for curve in some]  # once for each x
        return words.rules(self.choice, self.comparisons, sum(curve.turns_back for curve in found), len(found))

    @property
    def left_out(self) -> str:
        return words.left_out(self.choice, self.names)


def trade_off(
    frame: pd.DataFrame,
    constants: Mapping[str, Value] | None = None,
    *,
    method: str | None = None,
    over: str | None = None,
) -> TradeOff | None:
    """Compare the methods of a frame with measures; None unless it has a weight, a method and measures of both kinds.

    `constants`: what all runs share and the frame does not have; `method`, `over`: keys other than those that `choose`
    takes. Raises `UserError` if the frame does not name its keys.
    """
    if "keys" not in frame.attrs:
        raise UserError('the frame does not say which of its columns are keys: load it, or set frame.attrs["keys"]')
    choice = choose(frame, constants or {}, method, over)
    if choice is None:
        return None
    found = tuple(tuple(curves(frame, choice, x.name, y.name)) for x, y in choice.axes)
    if not any(found):
        return None
    names = {value: labels.phrase(choice.method, value, constants) for value in distinct(frame, choice.method)}
    return TradeOff(choice, names, found, tuple(comparisons(frame, choice)))


def tidy(found: TradeOff) -> pd.DataFrame:
    """Return one row per comparison: first minus second in the measure `style_met` at equal `content_kept`.

    `n` independent pictures of a `unit`, `wins` of them for the method that is better on average (`leader`), `half` the
    95 % interval's half width, `share` of the content kept that both reach, `apart` pairs of pictures without any, and
    the p-value before Holm's correction. `verdict` names the method for which it is decided, else `undecided`.
    """
    rows = [_numbers(one, found.names) for one in found.comparisons]
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = (
    *("content_kept", "style_met", "first", "second", "unit", "n", "wins", "leader"),
    *("difference", "half", "share", "apart", "p", "verdict"),
)


def _numbers(one: Comparison, names: words.Names) -> dict[str, object]:
    n, half = one.about.n, float("nan") if one.about.half is None else one.about.half
    keys: dict[str, object] = {"content_kept": one.x.name, "style_met": one.y.name}
    keys |= {"first": names[one.first], "second": names[one.second], "unit": one.unit, "n": n}
    keys |= {"wins": one.wins, "leader": names[one.leader] if n else None}
    keys |= {"difference": one.about.mean, "half": half, "share": one.share, "apart": one.apart, "p": one.chance}
    return keys | {"verdict": "undecided" if one.verdict == "undecided" else names[one.winner]}


def table(found: TradeOff) -> NumberTable:
    """Tabulate the comparisons for the page, and for papers."""
    heads = ("content kept", "style met", "methods", "verdict", "nearer to the style", "n", "difference", "overlap")
    rows = tuple(_words(one, found.names) for one in found.comparisons)
    caption = (
        "Style met at equal content kept: mean difference of the curves, first − second method, over the content kept "
        "that both reach (overlap: its share of what either reaches), mean ± 95 % t-interval over independent pictures."
    )
    return NumberTable(caption, heads, rows, words=5)


def _words(one: Comparison, names: words.Names) -> tuple[str, ...]:
    n = one.about.n
    wins = f"{names[one.leader]} in {one.wins} of {n} {one.unit}" if n else "–"
    decided = "undecided" if one.verdict == "undecided" else f"for {names[one.winner]}"
    share = f"{100 * one.share:.0f} %" if n else "none"
    measures = (words.brief(one.x), f"{words.brief(one.y)} ({one.y.better} is better)")
    methods = f"{names[one.first]} − {names[one.second]}"
    return (*measures, methods, decided, wins, str(n), str(one.about), share)


def write(found: TradeOff | None, folder: Path, formats: Collection[str]) -> None:
    """Write `FILES` in these formats; without a trade-off, delete them."""
    for file in (file for file in FILES if file.rpartition(".")[2] in formats):
        if found is None:
            remove(folder / file)
        else:
            write_text(folder / file, _text(found, file.rpartition(".")[2]))


def _text(found: TradeOff, kind: str) -> str:
    if kind == "csv":
        return tidy(found).to_csv(index=False, lineterminator="\n")
    return markdown(table(found)) if kind == "md" else "\n".join([PREAMBLE, latex(table(found))])
