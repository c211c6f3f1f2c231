"""Compare variants at an equal value of another measure, read from the curve of a base that was run several times."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nst.statements.estimate import quotient, short_mean
from nst.statements.paired import Number, Test
from nst.statements.runs import Run, groups, where
from nst.statements.statement import Finding, Question, Row


@dataclass(frozen=True)
class Beside:
    """A run of a variant, and runs of the base on the same pictures."""

    run: Run
    base: Sequence[Run]

    def at_equal(self, along: str, number: Number) -> float:
        """Return the base's number where its column `along` is that of the run; NaN beyond the base's runs.

        Between two runs of the base, the number's logarithm is linear in `along`.
        """
        known = [one for one in self.base if math.isfinite(one[along]) and number(one) > 0]
        curve = sorted((one[along], math.log(number(one))) for one in known)
        if not curve or not curve[0][0] <= self.run[along] <= curve[-1][0]:
            return math.nan
        places, logs = ([point[axis] for point in curve] for axis in (0, 1))
        return math.exp(float(np.interp(self.run[along], places, logs)))


def beside(runs: Iterable[Run], keys: Sequence[str], variant: Test, base: Test) -> list[Beside]:
    """Return every `variant` run with the `base` runs that differ from it in nothing but `keys`."""
    return [
        Beside(run, [one for one in group if base(one)])
        for group in groups(runs, keys)
        for run in group
        if variant(run)
    ]


def nearer(
    question: Question, found: Sequence[Beside], along: str, number: Number, said: str, *, base_first: bool = False
) -> Finding:
    """Decide by the geometric mean of the base's number over the variant's at an equal value of column `along`.

    The number is a distance: above 1, the variant is nearer; with `base_first` the ratio is the other way round: above
    1, the base is. A variant beyond the base's curve is left out.
    """
    pairs = [(one, one.at_equal(along, number)) for one in found]
    known = [(one, base) for one, base in pairs if math.isfinite(base) and number(one.run) > 0]
    sign = -1 if base_first else 1
    logs = [(one.run.pair, sign * math.log(base / number(one.run))) for one, base in known]
    rows: list[Row] = [
        {"pictures": one.run.pair, along: one.run[along], "the base": base, "the variant": number(one.run)}
        for one, base in known
    ]
    return question.decide(quotient(logs), _said(known, len(found), number, said), rows)


def _said(known: Sequence[tuple[Beside, float]], pictures: int, number: Number, said: str) -> str:
    if not known:
        return f"{said} All {pictures} variants are beyond the base's runs; the effect is"
    ours, theirs = short_mean([number(one.run) for one, _ in known]), short_mean([base for _, base in known])
    place = where([one.run for one, _ in known])
    out = (
        f", {pictures - len(known)} of {pictures} beyond the base's runs and left out" if pictures > len(known) else ""
    )
    return f"{said} Mean {place}: {ours} with the variant, {theirs} with the base{out}; the effect is"
