"""Build `runs/papers/index.html`: claims and verdicts of all papers, as one folder that needs no script or network."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from nst.papers import library
from nst.papers.paper import Paper
from nst.papers.site import export
from nst.papers.site.judged import KNOWN, Section, counts, judge, pictures, together
from nst.report.labels import THIN
from nst.report.page.html import environment
from nst.report.read.load import typed
from nst.site import chapter, provenance
from nst.site.arguments import Asked
from nst.site.chapter import Chapter
from nst.statements.estimate import MINIMUM, short
from nst.statements.pictures import JUDGED, PILOT
from nst.statements.runs import Run, finished
from nst.store.files.atomic import write_text
from nst.store.store import Store
from nst.sweep.progress import clock

PAPERS_SIZE = 512
"""Shorter side, in pixels, from which pictures are as large as those that papers mostly show."""
CHANCE = 0.05
"""Share of 95 % intervals that lie beyond the true effect."""


def build(asked: Asked) -> str:
    """Write the page from the store, complete or not; return its path.

    It has the papers that were asked for, and all others of which a sweep has been made with the same overrides.
    """
    template = environment("nst.papers", "nst.site").get_template("index.html.j2")
    with Store(asked.runs_dir).lock(asked.program.folder):  # one process at a time
        write_text(asked.site / "index.html", template.render(site=_gather(asked), known=KNOWN))
    return str(asked.site / "index.html")


def _gather(asked: Asked) -> dict[str, Any]:
    """Read everything and write all of the page's folder but the page; return the template's variables."""
    store, papers = Store(asked.runs_dir), library.papers()
    names = dict.fromkeys(claim.sweep for paper in papers for claim in paper.claims)
    chapters = {name: chapter.write(name, asked) for name in names}
    runs = {name: _finished(one, store) for name, one in chapters.items()}
    shown = [paper for paper in papers if _is_shown(paper, asked, chapters)]
    sections = _sections(shown, chapters, runs)
    export.write(sections, asked.site)
    recorded = provenance.read(list(chapters.values()), store)
    others = [paper for paper in papers if paper not in shown]
    estimated = _estimated(sections)
    pilot, judged = pictures([run for found in runs.values() for run in found])
    return {
        "sections": sections,
        "others": others,
        "claims": sum(len(section.claims) for section in sections),
        "counts": counts(sections),
        "estimated": estimated,
        "by_chance": short(CHANCE * estimated),
        "recorded": recorded,
        "hours": clock(recorded.seconds),
        "profile": asked.profile,
        "command": _command(asked, shown if others else []),
        "is_small": all(int(size.replace(THIN, "")) < PAPERS_SIZE for size in recorded.settings["sizes"]),
        "minimum": MINIMUM,
        "pilot": pilot,
        "judged": judged,
        "design": {"pilot": [together(*pair) for pair in PILOT], "judged": [together(*pair) for pair in JUDGED]},
    }


def _estimated(sections: Sequence[Section]) -> int:
    """Return how many findings have an effect."""
    made = [claim for section in sections for claim in section.claims if claim.is_made]
    return sum(one.box.finding.n > 0 for claim in made for one in claim.tested)


def _command(asked: Asked, papers: Sequence[Paper]) -> str:
    """Return the command that makes the page of these papers; of none: of all."""
    return shlex.join(["python", "-m", asked.program.module, *(paper.name for paper in papers), *asked.overrides])


def _finished(found: Chapter, store: Store) -> Sequence[Run]:
    """Return the finished runs of a sweep, with its constants among their keys: these may be the pictures."""
    return finished(typed(found.plan, store)) if found.plan else []


def _is_shown(paper: Paper, asked: Asked, chapters: Mapping[str, Chapter]) -> bool:
    return any(claim.sweep in asked.program.sweeps or chapters[claim.sweep].plan for claim in paper.claims)


def _sections(
    papers: Sequence[Paper], chapters: Mapping[str, Chapter], runs: Mapping[str, Sequence[Run]]
) -> list[Section]:
    shown: set[str] = set()
    sections = []
    for paper in papers:
        claims = []
        for claim in paper.claims:
            claims.append(judge(claim, chapters[claim.sweep], runs[claim.sweep], claim.sweep not in shown))
            shown.add(claim.sweep)
        sections.append(Section(paper, tuple(claims)))
    return sections
