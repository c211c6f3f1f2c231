"""Write the page's files, and `live.js` for an open page: a page opened from disk may fetch scripts only."""

import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from zlib import crc32

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from nst.report.context import ReportContext
from nst.report.figure.figures import Figures
from nst.report.page.content import collect
from nst.report.stats.tables import NumberTable
from nst.store.files.atomic import write_text

SECTIONS = (
    *("status", "contents", "failures", "results", "details", "motion", "loss", "tradeoff", "variance", "timing"),
    *("runs", "inputs", "constants", "provenance", "downloads"),
)
"""Parts of the page that may change while a sweep runs; each is a template in `sections/`."""
SCRIPTS = ("tools", "tiles", "view", "compare", "lightbox", "keys", "table", "copy", "films", "refresh", "start")


def write(
    context: ReportContext, drawn: Figures, sheets: Sequence[NumberTable], explained: Sequence[NumberTable]
) -> None:
    """Write the page, its scripts and the pictures that it shows; `index.html` last, when all the rest exists."""
    page, folder = collect(context, drawn, sheets, explained), context.folder
    templates = environment("nst.report")
    templates.globals["version"] = lambda file: _version(folder / file)
    rendered = {name: templates.get_template(f"sections/{name}.html.j2").render(page=page) for name in SECTIONS}
    parts = {name: {"html": Markup(html.strip()), "stamp": _stamp(html)} for name, html in rendered.items()}
    stamp = _stamp("".join(part["stamp"] for part in parts.values()))
    news = {"stamp": stamp, "finished": page["is_finished"], "sections": parts}
    write_text(folder / "report.js", script())
    write_text(folder / "live.js", templates.get_template("live.js.j2").render(update=news))
    shell = templates.get_template("index.html.j2").render(page=page, sections=parts, stamp=stamp)
    write_text(folder / "index.html", shell)


def environment(*packages: str) -> Environment:
    """Load the templates of packages, an earlier one's first: all text is escaped, and an unknown name is an error."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["coded"] = coded
    return made


def coded(text: str) -> Markup:
    """Return text as escaped HTML, with parts between backticks as code; the filter `coded`."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def script() -> str:
    """Join all scripts to one classic script that adds one name, `nst`, to the page."""
    folder = files("nst.report") / "templates" / "script"
    parts = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return "\n".join(['"use strict";', "(() => {", *parts, "})();", ""])


def _version(path: Path) -> str:
    """Return a short string that changes when the file does; empty if it cannot be read."""
    try:
        return f"{crc32(path.read_bytes()):x}"
    except OSError:
        return ""


def _stamp(text: str) -> str:
    return f"{crc32(text.encode()):08x}"
