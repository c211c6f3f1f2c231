"""Format findings as Markdown: for each statement the verdict and a reading, with the numbers in a table."""

import itertools
import math
from collections.abc import Sequence

from nst.report.stats.tables import NumberTable, escaped
from nst.report.stats.tables import markdown as table
from nst.statements.estimate import amount
from nst.statements.statement import Finding, Untestable


def markdown(findings: Sequence[Finding], untestable: Sequence[Untestable] = ()) -> str:
    """Format one section per statement, headed by its words; a last one lists what is not testable, and why."""
    tested = (_section(list(found)) for _, found in itertools.groupby(findings, key=lambda one: one.claim))
    listed = [f"> {escaped(one.quote)}\n\n**Not testable.** {escaped(one.why)}\n" for one in untestable]
    return "\n".join([*tested, *(["## Not testable\n", *listed] if listed else [])])


def _section(found: Sequence[Finding]) -> str:
    quotes = dict.fromkeys(finding.quote for finding in found)
    parts = [f"## {found[0].claim.replace('_', ' ').capitalize()}", *(f"> {escaped(quote)}" for quote in quotes)]
    parts += [f"**{finding.verdict.capitalize()}.** {escaped(finding.reading)}" for finding in found]
    heads = ("statistic", "verdict", "effect", "95 % from", "to", "n")
    return "\n\n".join([*parts, table(NumberTable("", heads, tuple(_row(finding) for finding in found), words=2))])


def _row(finding: Finding) -> tuple[str, ...]:
    numbers = (finding.effect, finding.low, finding.high)
    shown = (amount(value, finding.unit) if math.isfinite(value) else "–" for value in numbers)
    return finding.statistic, finding.verdict, *shown, str(finding.n)
