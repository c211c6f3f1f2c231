"""Two questions of our own: what a balanced style weight is worth, and when two styles are one target."""

import math
from collections.abc import Sequence

from nst.papers.paper import Claim, Paper
from nst.statements.estimate import Estimate, average, quotient, short_mean
from nst.statements.paired import has
from nst.statements.pixels import difference
from nst.statements.runs import Run, Shot, groups, where, with_pictures
from nst.statements.statement import Finding, Question, Row, Verdict

_BALANCE = "Once the style loss is balanced, one style_weight changes every content about as much."
_SAME = "Two Gram losses, added, are one Gram loss with the mean of their targets."
LEVEL = 1.0
"""Root mean square difference, in levels of 255, below which two pictures differ by rounding alone."""
_Pair = tuple[Shot, Shot]


def balance(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare how far apart pairs of pictures lie in what is lost of the content, without and with each balance."""
    return tuple(_balance_finding(kind, runs) for kind in ("total", "layers"))


def _balance_finding(kind: str, runs: Sequence[Run]) -> Finding:
    question = Question(
        claim="balance",
        quote=_BALANCE,
        statistic="Factor by which the content lost (1 - CF) of a pair of pictures is away from the geometric mean "
        f"over all pairs, without balance over that with balance={kind}, a ratio for each pair; one style_weight each.",
    )
    pairs = [pair for group in groups(runs, ["balance", "style_weight"]) for pair in _balanced(group, kind)]
    pairs = [pair for pair in pairs if all(0 < _lost(run) < math.inf for run in pair)]
    away = [deviations([math.log(_lost(pair[end])) for pair in pairs]) for end in (0, 1)]
    logs = [(pair[0].pair, without - ours) for pair, without, ours in zip(pairs, *away, strict=True)]
    rows: list[Row] = [{"pictures": a.pair, "lost, no balance": _lost(a), f"lost, {kind}": _lost(b)} for a, b in pairs]
    without, ours = (short_mean([_lost(pair[end]) for pair in pairs]) for end in (0, 1))
    place = where([run for pair in pairs for run in pair])
    said = f"Mean 1 - CF {place}: {without} without balance, {ours} with balance={kind}; the factors' ratio is"
    return question.decide(quotient(logs), said, rows)


def _balanced(group: Sequence[Run], kind: str) -> list[tuple[Run, Run]]:
    """Return the first run without balance and the first with this one, if there are both."""
    found = [next((run for run in group if has("balance", one)(run)), None) for one in ("none", kind)]
    return [(found[0], found[1])] if found[0] and found[1] else []


def _lost(run: Run) -> float:
    return 1 - run["content_fidelity"]


def deviations(values: Sequence[float]) -> list[float]:
    """Return the absolute deviations from the mean."""
    centre = math.fsum(values) / len(values) if values else 0.0
    return [abs(value - centre) for value in values]


def two_styles(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare the picture of one Gram loss with the mean of two targets with that of two added Gram losses."""
    question = Question(
        claim="two_styles",
        quote=_SAME,
        statistic="Root mean square difference between the picture of one Gram loss with both styles and that of two "
        f"added Gram losses, for each content. Holds if below {LEVEL:g} level of 255 for each content, does not hold "
        "if for none.",
        unit="levels",
    )
    pairs = _same_contents(runs)
    rows: list[Row] = [
        {"content": one.run.content, "difference (levels)": difference(one["image"], two["image"])}
        for one, two in pairs
    ]
    found = average((row["content"], row["difference (levels)"]) for row in rows)
    met = [row["difference (levels)"] < LEVEL for row in rows]
    place = where([shot.run for pair in pairs for shot in pair])
    return (question.decide(found, f"The two pictures {place} differ by", rows, _verdict(found, met)),)


def _same_contents(runs: Sequence[Run]) -> list[_Pair]:
    """Pair, for each content, the first run with two styles in its style loss with the first with one."""
    shots = with_pictures(runs, "image")
    found = []
    for content in dict.fromkeys(shot.run.content for shot in shots):
        mine = [shot for shot in shots if shot.run.content == content]
        both = [next((shot for shot in mine if len(shot.run.styles) == n), None) for n in (2, 1)]
        if both[0] and both[1]:
            found.append((both[0], both[1]))
    return found


def _verdict(found: Estimate, met: Sequence[bool]) -> Verdict:
    """Decide by all or none: equal pictures have no spread, and so no interval."""
    if found.n == 0 or any(met) != all(met):
        return "undecided"
    return "holds" if all(met) else "does not hold"


PAPER = Paper(
    name="nst_own",
    title="Two questions of our own",
    authors="the authors of nst",
    year=2026,
    venue="not published",
    link="",
    note="Balance is tried on the Wasserstein loss, which without balance has a weight with which a content loses "
    "about as much. For Wasserstein losses of two styles there is nothing to compare: nst always adds them.",
    claims=(
        Claim(
            name="balance",
            sweep="own_balance",
            varied="balance: none, total, layers",
            words=_BALANCE,
            place="our own",
            known="ours",
            prediction="Without balance, pairs lie farther from their mean, by a factor of 1.1 or more.",
            test=balance,
        ),
        Claim(
            name="two_styles",
            sweep="own_two_styles",
            varied="one loss with two styles, two losses",
            words=_SAME,
            place="our own",
            known="ours",
            prediction="The two pictures differ by less than one level.",
            test=two_styles,
        ),
    ),
)
