"""Findings as Markdown: statement by statement, what was seen and the verdict, with the numbers in a table."""

import itertools
import math
from collections.abc import Sequence

from nst.report.stats.tables import NumberTable
from nst.report.stats.tables import markdown as table
from nst.writeup.claims.estimate import short
from nst.writeup.claims.finding import Finding


def markdown(findings: Sequence[Finding]) -> str:
    """Format a section a statement, headed by the write-up's words."""
    sections = [_section(list(found)) for _, found in itertools.groupby(findings, key=lambda finding: finding.claim)]
    return "\n".join(sections)


def _section(found: Sequence[Finding]) -> str:
    quotes = dict.fromkeys(finding.quote for finding in found)
    parts = [f"## {found[0].claim.replace('_', ' ').capitalize()}", *(f"> {quote}" for quote in quotes)]
    parts += [f"**{finding.verdict.capitalize()}.** {_plain(finding.reading)}" for finding in found]
    return "\n\n".join([*parts, table(_sheet(found))])


def _sheet(found: Sequence[Finding]) -> NumberTable:
    numbers = ([_number(finding, value) for value in (finding.effect, finding.low, finding.high)] for finding in found)
    rows = tuple((f.statistic, f.verdict, *shown, str(f.n)) for f, shown in zip(found, numbers, strict=True))
    return NumberTable("", ("statistic", "verdict", "effect", "95 % from", "to", "n"), rows, words=2)


def _number(finding: Finding, value: float) -> str:
    return f"{short(value)} {finding.unit}".strip() if math.isfinite(value) else "–"


def _plain(text: str) -> str:
    for letter in "\\*_<":
        text = text.replace(letter, "&lt;" if letter == "<" else "\\" + letter)
    return text
