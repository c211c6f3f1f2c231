"""The files of the page: `index.html`, complete without a script, `report.js`, and `live.js`, which an open page reads
again and again while the sweep runs, because a page from the disk may fetch nothing but scripts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from zlib import crc32

from jinja2 import Environment
from markupsafe import Markup

from nst.report.context import ReportContext
from nst.report.figure.figures import Figures
from nst.report.page.content import collect
from nst.report.stats.tables import NumberTable
from nst.report.templating import environment
from nst.store.atomic import write_text

SECTIONS = (
    *("status", "contents", "failures", "results", "details", "motion", "loss", "timing", "runs"),
    *("inputs", "constants", "provenance", "downloads"),
)
"""Parts of the page that may change while a sweep runs; each is a template in `sections/`."""
SCRIPTS = ("tools", "tiles", "view", "compare", "lightbox", "keys", "table", "copy", "films", "refresh", "start")


@dataclass(frozen=True)
class Section:
    """A part of the page as HTML, and a word that changes with it. Empty if there is nothing to say."""

    html: Markup
    stamp: str


def write(context: ReportContext, drawn: Figures, sheets: Sequence[NumberTable]) -> None:
    """Write the page, its scripts and the pictures that it shows; `index.html` comes last, when all is there."""
    page, folder = collect(context, drawn, sheets), context.folder
    templates = _templates(folder)
    parts = sections(page, templates)
    stamp = _stamp("".join(part.stamp for part in parts.values()))
    changed = {name: {"stamp": part.stamp, "html": part.html} for name, part in parts.items()}
    news = {"stamp": stamp, "finished": page["is_finished"], "sections": changed}
    write_text(folder / "report.js", script())
    write_text(folder / "live.js", templates.get_template("live.js.j2").render(update=news))
    shell = templates.get_template("index.html.j2")
    write_text(folder / "index.html", shell.render(page=page, sections=parts, stamp=stamp))


def sections(page: Mapping[str, object], templates: Environment) -> dict[str, Section]:
    """Render every part of the page. What comes from configs is escaped by the templates."""
    rendered = {name: templates.get_template(f"sections/{name}.html.j2").render(page=page) for name in SECTIONS}
    return {name: Section(Markup(html.strip()), _stamp(html)) for name, html in rendered.items()}


def script() -> str:
    """Join all scripts to one classic script that adds one name, `nst`, to the page."""
    folder = files("nst.report") / "templates" / "script"
    parts = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return "\n".join(['"use strict";', "(() => {", *parts, "})();", ""])


def _templates(folder: Path) -> Environment:
    templates = environment("nst.report")
    templates.globals["version"] = lambda file: _version(folder / file)
    return templates


def _version(path: Path) -> str:
    """Return a word that changes when the file does; empty if it cannot be read."""
    try:
        return f"{crc32(path.read_bytes()):x}"
    except OSError:
        return ""


def _stamp(text: str) -> str:
    return f"{crc32(text.encode()):08x}"
