"""Test claims on the finished runs of their sweeps: verdicts on judged pictures, effects alone on pilot pictures."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from nst.papers.paper import Claim, Known, Paper
from nst.papers.site.chosen import citation
from nst.site import verdicts
from nst.site.chapter import Chapter
from nst.site.verdicts import Box
from nst.statements.estimate import Estimate
from nst.statements.pictures import split
from nst.statements.runs import Run, once
from nst.statements.statement import Finding

KNOWN: dict[Known, str] = {
    "paper": "read in the paper",
    "abstract": "read in the paper's abstract; the rest was not read for this page",
    "code": "read in the authors' code",
    "readme": "read in the README",
    "memory": "recalled, not verified: the paper was not read for this page",
    "ours": "our own question",
}
"""The source of a claim, in words."""
UNTESTED = ("not tested", "–")
"""Word and symbol of a claim whose sweep has not been made."""


@dataclass(frozen=True)
class Tested:
    """A finding on the judged pictures, and the same on the pilot pictures, which does not count."""

    box: Box
    pilot: Finding | None

    @property
    def measured(self) -> str:
        """The beginning of the statistic, for a cell."""
        return brief(self.box.finding.statistic)

    @property
    def trial(self) -> str:
        """Return the effect on the pilot pictures in words; empty if there is none."""
        found = self.pilot
        if found is None or not found.n:
            return ""
        return Estimate(found.n, found.effect, found.low, found.high).words(found.unit)


@dataclass(frozen=True)
class Judged:
    """A claim, its sweep, and what was found. `is_first`: it is the first claim on the page with this sweep."""

    claim: Claim
    chapter: Chapter
    tested: tuple[Tested, ...]
    is_first: bool

    @property
    def is_made(self) -> bool:
        """Return whether the sweep has a plan, perhaps without a finished run."""
        return self.chapter.plan is not None

    @property
    def verdicts(self) -> tuple[tuple[str, str], ...]:
        """Return word and symbol for each finding."""
        if not self.is_made:
            return (UNTESTED,)
        return tuple((one.box.finding.verdict, one.box.symbol) for one in self.tested)


@dataclass(frozen=True)
class Section:
    """A paper on the page, with its claims."""

    paper: Paper
    claims: tuple[Judged, ...]

    @property
    def citation(self) -> str:
        return citation(self.paper)


def brief(statistic: str) -> str:
    """Return a statistic up to its first comma, without what is in parentheses."""
    return re.split(r"[,.;:](?: |$)", re.sub(r" \([^)]*\)", "", statistic))[0]


def counts(sections: Sequence[Section]) -> tuple[tuple[str, str, int], ...]:
    """Return word, symbol and number of each verdict that was given, in the order of `SYMBOLS`."""
    given = Counter(verdict for section in sections for claim in section.claims for verdict in claim.verdicts)
    return tuple((*kind, given[kind]) for kind in (*verdicts.SYMBOLS.items(), UNTESTED) if given[kind])


def judge(claim: Claim, chapter: Chapter, runs: Sequence[Run], is_first: bool) -> Judged:
    """Test a claim on the finished runs of its sweep."""
    pilot, counted = split(runs if claim.counts == "times" else once(runs))
    found, tried = claim.test(counted), claim.test(pilot)
    boxes = (Tested(verdicts.box(one), trial) for one, trial in zip_longest(found, tried) if one)
    return Judged(claim, chapter, tuple(boxes), is_first)


def pictures(runs: Sequence[Run]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the pictures of the pilot runs, and those of the others, in words: pairs, and what is in none of them."""
    pilot, counted = split(sorted(runs, key=lambda run: run.kind != "transfer"))
    return _words(pilot), _words(counted)


def _words(runs: Sequence[Run]) -> tuple[str, ...]:
    told: dict[str, None] = {}
    covered: set[str] = set()
    for run in runs:
        styles = " and ".join(run.styles)
        if run.kind == "transfer":
            told[together(run.content, styles)] = None
            covered |= {run.content, styles}
        elif (name := run.content if run.kind == "reconstruction" else styles) not in covered:
            told[name] = None
    return tuple(told)


def together(content: str, style: str) -> str:
    """Format the pictures of a transfer."""
    return f"{content} in the style of {style}"
