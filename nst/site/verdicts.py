"""Turn findings into words for the page, by claim."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nst.report.labels import number, title
from nst.statements.estimate import amount, short
from nst.statements.statement import Finding, Verdict

SYMBOLS: dict[Verdict, str] = {"holds": "✓", "does not hold": "✗", "undecided": "?"}
MOST_ROWS = 100
"""Most rows of a table of values on the page; the page states how many more there are."""


@dataclass(frozen=True)
class Box:
    """One finding with its numbers in words, and its values as headings and cells of a table."""

    finding: Finding
    effect: str
    interval: str
    symbol: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int


@dataclass(frozen=True)
class Said:
    """The words of a statement, and all findings about them."""

    quote: str
    boxes: tuple[Box, ...]

    @property
    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """Return the verdict, symbol and count of each verdict that was given."""
        given = Counter(box.finding.verdict for box in self.boxes)
        return tuple((verdict, symbol, given[verdict]) for verdict, symbol in SYMBOLS.items() if given[verdict])


def by_claim(findings: Sequence[Finding]) -> dict[str, tuple[Said, ...]]:
    """Return findings by claim, and within a claim by quotation, in their order."""
    claims: dict[str, dict[str, list[Box]]] = {}
    for finding in findings:
        claims.setdefault(finding.claim, {}).setdefault(finding.quote, []).append(box(finding))
    return {
        claim: tuple(Said(quote, tuple(boxes)) for quote, boxes in quotes.items()) for claim, quotes in claims.items()
    }


def box(finding: Finding) -> Box:
    """Return a finding with its numbers in words."""
    values = finding.values
    shown = values.head(MOST_ROWS)
    interval = f"{short(finding.low)} to {short(finding.high)}"
    return Box(
        finding=finding,
        effect=amount(finding.effect, finding.unit),
        interval=interval if math.isfinite(finding.high - finding.low) else "none",
        symbol=SYMBOLS[finding.verdict],
        heads=tuple(title(str(column)) for column in values.columns),
        numeric=tuple(pd.api.types.is_numeric_dtype(kind) for kind in values.dtypes),
        rows=tuple(tuple(_cell(value) for value in row) for row in shown.itertuples(index=False)),
        left_out=len(values) - len(shown),
    )


def _cell(value: Any) -> str:
    if isinstance(value, str | bool):
        return str(value)
    if value is None or pd.isna(value):
        return "–"
    return number(float(value)) if isinstance(value, int | float) or hasattr(value, "item") else str(value)
