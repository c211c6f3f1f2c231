"""Build `runs/writeup/index.html`: the write-up as one folder that needs no script, server or network."""

import shlex
from collections.abc import Sequence
from typing import Any

import pandas as pd

from nst.report.page.html import environment
from nst.site import chapter, provenance, verdicts
from nst.site.arguments import Asked
from nst.site.chapter import Chapter
from nst.statements.statement import Untestable
from nst.store.files.atomic import remove, write_text
from nst.store.store import Store
from nst.sweep.progress import clock
from nst.writeup.claims import PILOTS, STATEMENTS, UNTESTABLE, Finding, judge, judged_pictures, markdown
from nst.writeup.site import blend_steps, pictures
from nst.writeup.site.contents import COMPANION, SWEEPS, number


def build(asked: Asked) -> str:
    """Write the site from the store, complete or not; return the path of its page."""
    page = environment("nst.writeup", "nst.site").get_template("index.html.j2")
    with Store(asked.runs_dir).lock("writeup"):  # one process at a time
        write_text(asked.site / "index.html", page.render(site=_gather(asked), number=number))
    return str(asked.site / "index.html")


def _gather(asked: Asked) -> dict[str, Any]:
    """Read everything and write all of the site except its page; return the templates' variables."""
    store = Store(asked.runs_dir)
    every = {name: chapter.write(name, asked) for name in SWEEPS}
    companion = chapter.write(COMPANION, asked, drawn=False)
    findings = _findings(companion, every["timing"])
    if findings:
        write_text(asked.site / "claims.md", markdown(findings, UNTESTABLE))
    else:
        remove(asked.site / "claims.md")
    recorded = provenance.read([*every.values(), companion], store)
    return {
        "chapters": every,
        "companion": companion,
        "blending": blend_steps.write(every["blending"], store, asked.site),
        "statements": STATEMENTS,
        "findings": verdicts.by_claim(findings),
        "untestable": _by_claim(UNTESTABLE),
        "pilots": PILOTS,
        "judged": () if companion.frame is None else judged_pictures(companion.frame),
        "recorded": recorded,
        "pictures": pictures.read(every),
        "hours": clock(recorded.seconds),
        "profile": asked.profile,
        "command": shlex.join(["python", "-m", "nst.writeup", *asked.overrides]),
    }


def _findings(companion: Chapter, timing: Chapter) -> Sequence[Finding]:
    """Return all findings; without the companion sweep, those with measurements anyway."""
    if companion.frame is not None:
        return judge(companion.frame, timing.frame)
    return [finding for finding in judge(pd.DataFrame(), timing.frame) if finding.n]


def _by_claim(sentences: Sequence[Untestable]) -> dict[str, list[Untestable]]:
    claims: dict[str, list[Untestable]] = {}
    for one in sentences:
        claims.setdefault(one.claim, []).append(one)
    return claims
