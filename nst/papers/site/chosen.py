"""Find the papers that a command line names, and list them with their claims and sweeps."""

import textwrap
from collections.abc import Iterable, Sequence

from nst.errors import UserError, did_you_mean
from nst.papers import library
from nst.papers.paper import Paper
from nst.site.arguments import Program

REFUSED = {
    "sweep": "the papers run their own sweeps; for one: python -m nst.run sweep=NAME",
    "name": "every sweep of the papers has a folder of its own",
    "output": "is for a single run; the pictures of the papers are in their page",
}
WIDTH = 100
"""Of the list, in characters."""


def choose(arguments: Sequence[str]) -> tuple[tuple[Paper, ...], list[str]]:
    """Return the papers that are named, all if none is, and the other arguments; `UserError` for an unknown name."""
    names = [word for word in arguments if "=" not in word and not word.startswith(("-", "~"))]
    papers = library.papers()
    known = [paper.name for paper in papers]
    for name in names:
        if name not in known:
            raise UserError(f"{name}: no such paper{did_you_mean(name, known)}")
    rest = [word for word in arguments if word not in names]
    return tuple(paper for paper in papers if paper.name in names or not names), rest


def program(papers: Iterable[Paper], flags: tuple[str, ...] = ()) -> Program:
    """Return the program that makes the sweeps of these papers."""
    claims = [claim for paper in papers for claim in paper.claims]
    every = [claim for paper in library.papers() for claim in paper.claims]
    return Program(
        module="nst.papers",
        title="papers",
        folder="papers",
        sweeps=tuple(dict.fromkeys(claim.sweep for claim in claims)),
        refused=REFUSED,
        timed=frozenset(claim.sweep for claim in every if claim.counts == "times"),
        flags=flags,
    )


def listing(papers: Iterable[Paper]) -> str:
    """List each paper with its claims and their sweeps."""
    return "\n\n".join(_listed(paper) for paper in papers)


def _listed(paper: Paper) -> str:
    head = textwrap.fill(f"{paper.name}: {citation(paper)}", WIDTH, subsequent_indent="    ")
    return "\n".join([head, *(_claim(claim.words, claim.sweep) for claim in paper.claims)])


def _claim(words: str, sweep: str) -> str:
    return textwrap.fill(f"{words} (sweep={sweep})", WIDTH, initial_indent="  - ", subsequent_indent="    ")


def citation(paper: Paper) -> str:
    """Return authors, year, title and venue of a paper."""
    parts = (f"{paper.authors} ({paper.year})", paper.title, paper.venue)
    return " ".join(f"{part}." for part in parts if part)
