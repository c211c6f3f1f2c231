"""The records of a paper and of what it claims."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from nst.statements.runs import Run
from nst.statements.statement import Finding

Known = Literal["paper", "abstract", "code", "readme", "memory", "ours"]
"""The source of a claim: read in the paper, its abstract, its authors' code or README; recalled, unread; or our own."""
Test = Callable[[Sequence[Run]], tuple[Finding, ...]]


@dataclass(frozen=True)
class Claim:
    """One claim of a paper, and how a sweep tests it.

    name: unique within the paper. sweep: its file in `sweeps/papers`, which runs alone as well. varied: what the sweep
    varies. words: the claim in our own words. place: where it stands in the paper. known: its source.
    prediction: what the sweep shows if the claim is right, in numbers. test: turns finished runs into findings; without
    runs, it returns the same findings, undecided, with their statistics and thresholds.
    """

    name: str
    sweep: str
    varied: str
    words: str
    place: str
    known: Known
    prediction: str
    test: Test
    counts: Literal["pictures", "times"] = "pictures"
    """The runs that the test gets: one of each set of equal pictures, or all, for a claim about times."""


@dataclass(frozen=True)
class Paper:
    """A published paper, a tool's README, or questions of our own."""

    name: str
    title: str
    authors: str
    year: int
    venue: str
    link: str
    claims: tuple[Claim, ...]
    note: str = ""
    """Differences of the sweeps from the paper: pictures, sizes, evaluations, optimizer."""

    @property
    def cited(self) -> str:
        """Return authors and year as they are cited: `Gatys et al. 2016`."""
        first, *others = self.authors.split(", ")
        return f"{' and '.join([first, *others]) if len(others) < 2 else f'{first} et al.'} {self.year}"
