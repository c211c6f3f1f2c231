"""Compare runs in pairs that differ in one thing: by the ratio of a number, or by its difference."""

import math
from collections.abc import Callable, Iterable, Sequence
from numbers import Real

from nst.statements.estimate import average, quotient, short_mean
from nst.statements.runs import Run, groups, where
from nst.statements.statement import Finding, Question, Row
from nst.store.columns import column

Test = Callable[[Run], bool]
Pair = tuple[Run, Run]
Number = Callable[[Run], float]


def has(key: str, value: object) -> Test:
    """Return a test whether a run has this value of a key; values are compared as text, numbers as numbers."""
    return lambda run: key in run.keys and _same(run.keys[key], value)


def _same(found: object, value: object) -> bool:
    if isinstance(found, Real) and isinstance(value, Real):
        return float(found) == float(value)
    return str(found) == str(value)


def compared(runs: Iterable[Run], keys: Sequence[str], first: Test, second: Test) -> list[Pair]:
    """Return pairs of a `first` and a `second` run that differ in nothing but `keys`, in the order of the runs.

    If several runs of a group pass a test, the first of them counts.
    """
    found = []
    for group in groups(runs, keys):
        ends = [next((run for run in group if test(run)), None) for test in (first, second)]
        if ends[0] is not None and ends[1] is not None and ends[0] is not ends[1]:
            found.append((ends[0], ends[1]))
    return found


def by_ratio(question: Question, pairs: Sequence[Pair], name: str, said: str, names: tuple[str, str]) -> Finding:
    """Decide by the geometric mean of second over first of column `name`, a ratio for each pair of pictures.

    `said` begins the reading; `names` are the two variants in words.
    """
    known = _known(pairs, name, lambda value: value > 0)
    logs = [(a.pair, math.log(b[name] / a[name])) for a, b in known]
    return question.decide(quotient(logs), _said(known, name, said, names), _rows(known, name, names))


def by_difference(question: Question, pairs: Sequence[Pair], name: str, said: str, names: tuple[str, str]) -> Finding:
    """Decide by the mean of second minus first of column `name`, a difference for each pair of pictures."""
    known = _known(pairs, name, lambda _: True)
    found = [(a.pair, b[name] - a[name]) for a, b in known]
    return question.decide(average(found), _said(known, name, said, names), _rows(known, name, names))


def _known(pairs: Sequence[Pair], name: str, is_good: Callable[[float], bool]) -> list[Pair]:
    return [pair for pair in pairs if all(math.isfinite(run[name]) and is_good(run[name]) for run in pair)]


def _said(pairs: Sequence[Pair], name: str, said: str, names: tuple[str, str]) -> str:
    title, unit = titled(name)
    first, second = (f"{short_mean([pair[end][name] for pair in pairs])} {unit}".strip() for end in (0, 1))
    place = where([run for pair in pairs for run in pair])
    return f"{said} Mean {title} {place}: {first} with {names[0]}, {second} with {names[1]}; the effect is"


def titled(name: str) -> tuple[str, str]:
    """Return a column's title and unit; its name and no unit if it is not a recorded one."""
    found = column(name)
    return (found.title, found.unit) if found else (name, "")


def by_agreement(question: Question, sets: Sequence[Sequence[Run]], name: str, said: str) -> Finding:
    """Decide by the geometric mean of the smallest over the largest of column `name` within each set of runs.

    1 is full agreement, so the threshold is the smallest share that counts as alike.
    """
    known = [found for found in sets if len(found) > 1 and all(0 < run[name] < math.inf for run in found)]
    numbers = [[run[name] for run in found] for found in known]
    logs = [(found[0].pair, math.log(min(ours) / max(ours))) for found, ours in zip(known, numbers, strict=True)]
    rows: list[Row] = [
        {"pictures": found[0].pair, "smallest": min(ours), "largest": max(ours)}
        for found, ours in zip(known, numbers, strict=True)
    ]
    title, unit = titled(name)
    low, high = (short_mean([end(ours) for ours in numbers]) for end in (min, max))
    place = where([run for found in known for run in found])
    return question.decide(
        quotient(logs), f"{said} Mean {title} {place}: {low} to {high} {unit}".rstrip() + "; the share is", rows
    )


def _rows(pairs: Sequence[Pair], name: str, names: tuple[str, str]) -> list[Row]:
    return [{"pictures": a.pair, names[0]: a[name], names[1]: b[name]} for a, b in pairs]
