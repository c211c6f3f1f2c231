"""Say in words what a trade-off shows: which method dominates which, by what it is decided, and what was left out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from nst.metrics.table import Measure
from nst.report import labels
from nst.report.stats.intervals import Mean
from nst.report.stats.tradeoff.choice import Choice
from nst.report.stats.tradeoff.compare import LEAST, Comparison
from nst.store.plan import Value

Names = Mapping[Value, str]
"""The methods' values in words."""


@dataclass(frozen=True)
class Statement:
    """A sentence that sums up the comparisons of two methods, and one for each pair of axes."""

    head: str
    lines: tuple[str, ...]


def statements(found: Sequence[Comparison], names: Names) -> list[Statement]:
    """Return what the comparisons say, in backticks the methods; one statement for two methods."""
    kinds: dict[tuple[Value, Value], list[Comparison]] = {}
    for one in found:
        kinds.setdefault((one.first, one.second), []).append(one)
    return [Statement(_head(one, names), tuple(_line(each, names) for each in one)) for one in kinds.values()]


def _head(found: Sequence[Comparison], names: Names) -> str:
    first, second = (_name(value, names) for value in (found[0].first, found[0].second))
    counts = {side: sum(one.verdict == side for one in found) for side in ("first", "second", "undecided")}
    for side, ahead, behind in (("first", first, second), ("second", second, first)):
        if counts[side] == len(found) > 1:
            return f"{ahead} dominates {behind}: decided for {ahead} by every pair of measures."
    if counts["undecided"] == len(found):
        return f"{first} and {second}: nothing is decided."
    told = [f"for {who} by {counts[side]}" for side, who in (("first", first), ("second", second)) if counts[side]]
    rest = f", undecided by {counts['undecided']}" if counts["undecided"] else ""
    return f"{first} and {second}: decided {' and '.join(told)}{rest} of {len(found)} pairs of measures."


def _line(one: Comparison, names: Names) -> str:
    if not one.gaps:
        why = "no pair of pictures has content kept in common" if one.apart else "no pair of pictures has both curves"
        return f"At equal {brief(one.x)}: {why}, so {brief(one.y)} is not compared."
    leader, other = (one.first, one.second) if one.leader == one.first else (one.second, one.first)
    better = _name(leader, names), one.y.better, _name(other, names)
    size = unsigned(one.about)
    said = f"At equal {brief(one.x)}, {better[0]} has the {better[1]} {brief(one.y)} than {better[2]}"
    counted = f"in {one.wins} of {len(one.gaps)} {one.unit}"
    return f"{said} {counted}, by {size} on average: {verdict(one, names)}."


def verdict(one: Comparison, names: Names) -> str:
    """Return `decided`, or why not."""
    if one.verdict != "undecided":
        return f"decided for {_name(one.winner, names)}"
    few = f", as it takes {LEAST}" if len(one.gaps) < LEAST else ""
    return f"undecided{few}"


def unsigned(about: Mean) -> str:
    """Format the size of a difference, without its sign."""
    return str(Mean(about.n, abs(about.mean), about.half))


def rules(choice: Choice, found: Sequence[Comparison], turned: int, total: int) -> str:
    """Say how curves are compared and decided."""
    many = len(found) // max(1, len(choice.axes))
    together = f" together with the other {many - 1} on the same axes (Holm)" if many > 1 else ""
    back = f" In {turned} of {total} curves content kept does not run one way with it." if turned else ""
    alone = " Each pair of measures is decided by itself: chance decides up to 5 % of them." * (len(choice.axes) > 1)
    return (
        f"Each curve runs over {labels.title(choice.over)}; its points are joined in the order of content kept.{back} "
        "Two methods are compared for each pair of pictures where both curves have content kept, and never beyond. "
        f"Decided: {LEAST} independent pictures or more, and a 95 % t interval over them without 0,{together}.{alone}"
    ).replace(",.", ".")


def left_out(choice: Choice, names: Names) -> str:
    """Say which measures were left out as a compared loss minimises them; empty if none was."""
    if not choice.left_out:
        return ""
    if not any(one.losses for one in choice.left_out):
        listed = ", ".join(brief(one.measure) for one in choice.left_out)
        return f"Left out, as the losses of the methods differ and may minimise them: {listed}."
    kinds = groupby(choice.left_out, key=lambda one: one.losses)
    parts = [f"{_listed([brief(one.measure) for one in some])} ({_listed([f'`{x}`' for x in k])})" for k, some in kinds]
    return f"Left out, as a compared loss minimises them or nearly so: {'; '.join(parts)}."


def brief(measure: Measure) -> str:
    """Return a measure's abbreviation, `CF`, or its title; of a part of GE, `GE of colours`."""
    short = re.search(r"\((\w+)\)$", measure.title)
    return short[1] if short else measure.title.replace("GE, ", "GE of ")


def _name(value: Value, names: Names) -> str:
    return f"`{names[value]}`"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
