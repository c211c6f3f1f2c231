"""`runs/writeup/index.html`: the write-up as one folder that needs no script, no server and no network."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from nst.report.page.html import environment
from nst.store.atomic import remove, write_text
from nst.store.store import Store
from nst.sweep.progress import clock
from nst.writeup.claims import Finding, judge, markdown
from nst.writeup.site import blend_steps, chapter, provenance, verdicts
from nst.writeup.site.arguments import Asked
from nst.writeup.site.blend_steps import Blending
from nst.writeup.site.chapter import Chapter
from nst.writeup.site.contents import COMPANION, SWEEPS, is_hydras, number
from nst.writeup.site.provenance import Recorded
from nst.writeup.site.verdicts import Said

_NOT_THE_RUNS = ("runs_dir=", "pictures", "picture_dirs", "rerun=", "fail_fast=", "threads=")


@dataclass(frozen=True)
class Site:
    """All that the templates are given."""

    chapters: Mapping[str, Chapter]
    companion: Chapter
    blending: Blending
    findings: Mapping[str, tuple[Said, ...]]
    recorded: Recorded
    profile: str
    command: str

    @property
    def hours(self) -> str:
        """Time of all runs: `0:41`, `3:00:00`."""
        return clock(self.recorded.seconds)


def build(asked: Asked) -> str:
    """Write the site from what is in the store, complete or not; returns the path of its page."""
    with Store(asked.runs_dir).lock("writeup"):  # one process at a time
        write_text(asked.site / "index.html", render(_gather(asked)))
    return str(asked.site / "index.html")


def _gather(asked: Asked) -> Site:
    """Read everything, and write all of the site but its page."""
    store = Store(asked.runs_dir)
    every = {name: chapter.write(name, asked) for name in SWEEPS}
    companion = chapter.write(COMPANION, asked, drawn=False)
    findings = _findings(companion, every["timing"])
    _write_claims(asked, findings)
    return Site(
        chapters=every,
        companion=companion,
        blending=blend_steps.write(every["blending"], store, asked.site),
        findings=verdicts.by_claim(findings),
        recorded=provenance.read([*every.values(), companion], store),
        profile=_profile(asked),
        command=shlex.join(["python", "-m", "nst.writeup", *asked.overrides]),
    )


def render(site: Site) -> str:
    """Render the page. Everything in it that comes from configs or runs is escaped by the templates."""
    return environment("nst.writeup").get_template("index.html.j2").render(site=site, number=number)


def _findings(companion: Chapter, timing: Chapter) -> Sequence[Finding]:
    """Return all findings; without the companion, those for which something was measured anyway."""
    if companion.frame is not None:
        return judge(companion.frame, timing.frame)
    return [finding for finding in judge(pd.DataFrame(), timing.frame) if finding.n]


def _write_claims(asked: Asked, findings: Sequence[Finding]) -> None:
    path = asked.site / "claims.md"
    if findings:
        write_text(path, markdown(findings))
    else:
        remove(path)


def _profile(asked: Asked) -> str:
    """Return `quick`, or `quick, size=64 steps=20`: what was asked of all runs belongs to what was found."""
    given = [
        override
        for override in asked.overrides
        if not (is_hydras(override) or override.lstrip("+~").startswith(_NOT_THE_RUNS))
    ]
    named = [override.partition("=")[2] for override in given if override.startswith("profile=")]
    others = [override for override in given if not override.startswith("profile=")]
    return ", ".join([named[-1] if named else "full", *([" ".join(others)] if others else [])])
