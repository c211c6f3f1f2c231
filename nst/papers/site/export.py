"""Write the page's claims, verdicts and numbers as text: `papers.md` and `papers.csv`."""

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from nst.papers.site.judged import KNOWN, UNTESTED, Judged, Section, Tested
from nst.report.stats.tables import NumberTable, escaped, markdown
from nst.store.files.atomic import write_text

COLUMNS = (
    *("paper", "claim", "words", "known", "sweep", "statistic", "verdict", "unit", "effect", "low", "high", "n"),
    *("pilot_effect", "pilot_n", "reading"),
)


def write(sections: Sequence[Section], folder: Path) -> None:
    """Write both files."""
    frame = pd.DataFrame(list(rows(sections)), columns=list(COLUMNS))
    write_text(folder / "papers.csv", frame.to_csv(index=False, lineterminator="\n"))
    write_text(folder / "papers.md", "\n".join(_paper(section) for section in sections))


def rows(sections: Sequence[Section]) -> Iterator[dict[str, Any]]:
    """Yield a row for each finding; the verdict is `not tested` if the sweep has not been made."""
    for section in sections:
        for judged in section.claims:
            claim = judged.claim
            about = {"paper": section.paper.name, "claim": claim.name, "words": claim.words, "known": claim.known}
            yield from (about | {"sweep": claim.sweep} | row for row in _findings(judged))


def _findings(judged: Judged) -> Iterator[dict[str, Any]]:
    for one in judged.tested:
        found, pilot = one.box.finding, one.pilot
        known = {name: getattr(found, name) for name in ("statistic", "unit", "effect", "low", "high", "n", "reading")}
        tried = {"pilot_effect": pilot.effect if pilot else math.nan, "pilot_n": pilot.n if pilot else 0}
        yield {**known, **tried, "verdict": found.verdict if judged.is_made else UNTESTED[0]}


def _paper(section: Section) -> str:
    note = [escaped(section.paper.note)] if section.paper.note else []
    head = f"## {escaped(section.paper.cited)}"
    source = f"{escaped(section.citation)} <{section.paper.link}>" if section.paper.link else escaped(section.citation)
    return "\n\n".join([head, source, *note, *map(_claim, section.claims)])


def _claim(judged: Judged) -> str:
    claim = judged.claim
    parts = [
        f"### {escaped(claim.words)}",
        f"{escaped(claim.place)}; {KNOWN[claim.known]}. Varied: {escaped(claim.varied)}.",
        f"Prediction: {escaped(claim.prediction)}",
    ]
    if not judged.is_made:
        return "\n\n".join([*parts, f"**Not tested.** {_code(judged.chapter.command)} makes the runs.\n"])
    parts += [
        f"**{one.box.finding.verdict.capitalize()}.** {escaped(one.box.finding.reading)}" for one in judged.tested
    ]
    return "\n\n".join([*parts, _table(judged.tested)])


def _code(text: str) -> str:
    """Format text as code, between more backticks than it has in a row."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    return f"{'`' * (longest + 1)} {text} {'`' * (longest + 1)}" if longest else f"`{text}`"


def _table(tested: Sequence[Tested]) -> str:
    heads = ("statistic", "verdict", "effect", "95 % interval", "n", "pilot pictures (not counted)")
    return markdown(NumberTable("", heads, tuple(map(_row, tested)), words=2)).lstrip("\n")


def _row(one: Tested) -> tuple[str, ...]:
    found = one.box.finding
    return found.statistic, found.verdict, one.box.effect, one.box.interval, str(found.n), one.trial or "–"
