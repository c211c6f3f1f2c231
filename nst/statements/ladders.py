"""Judge trends: whether a number rises or falls from run to run, as one setting does, by ranks within each pair."""

import math
from collections.abc import Callable, Iterable, Sequence

from nst.statements.estimate import correlation, short_mean, spearman
from nst.statements.paired import titled
from nst.statements.runs import Run, alike, groups, where
from nst.statements.statement import Finding, Question, Row

RULE = 0.5
"""The smallest mean rank correlation that makes "the more, the more" a rule rather than a tendency."""
IS_RULE = "a rule rather than a tendency"
"""Why `RULE` is a threshold."""
Rung = tuple[float, Run]
Height = Callable[[Run], float | None]
"""Returns the height at which a run stands; None for a run that is not on the ladder."""


def ladders(runs: Iterable[Run], keys: Sequence[str], height: Height) -> list[list[Rung]]:
    """Return runs that differ in nothing but `keys`, by height: three heights or more, all ladders with the same.

    If several runs of a ladder have one height, the first of them counts.
    """
    found = []
    for group in groups(runs, keys):
        rungs: dict[float, Run] = {}
        for run in group:
            if (at := height(run)) is not None and math.isfinite(at):
                rungs.setdefault(at, run)
        if len(rungs) >= 3:
            found.append(sorted(rungs.items(), key=lambda rung: rung[0]))
    return alike(found, lambda ladder: tuple(at for at, _ in ladder))


def by_rank(
    question: Question, found: Sequence[Sequence[Rung]], name: str, said: str, *, falls: bool = False
) -> Finding:
    """Decide by the mean of Spearman's correlations of column `name` with height, one for each pair of pictures.

    `falls`: the claim is that the number falls with height, so the sign is turned. `said` begins the reading.
    """
    known = [ladder for ladder in found if all(math.isfinite(run[name]) for _, run in ladder)]
    sign = -1 if falls else 1
    ranks = [
        (ladder[0][1].pair, sign * spearman([at for at, _ in ladder], [run[name] for _, run in ladder]))
        for ladder in known
    ]
    rows: list[Row] = [
        {"pictures": run.pair, "height": at, titled(name)[0]: run[name]} for ladder in known for at, run in ladder
    ]
    estimate = correlation(ranks, min(map(len, known), default=3))
    return question.decide(estimate, _said(known, name, said), rows)


def _said(known: Sequence[Sequence[Rung]], name: str, said: str) -> str:
    title, unit = titled(name)
    means = (short_mean([rung[1][name] for rung in rungs]) for rungs in zip(*known, strict=True))
    place = where([run for ladder in known for _, run in ladder])
    return f"{said} Mean {title} {place}: {', then '.join(means)} {unit}".rstrip() + "; the rank correlation is"
