"""Write the page of all sweeps in a store."""

from pathlib import Path
from urllib.parse import quote

from nst.errors import UserError
from nst.pictures.read import open_own
from nst.report.figure.pictures import BROKEN
from nst.report.page import html
from nst.report.page.content import paragraphs
from nst.report.page.runs import status
from nst.report.read import frame
from nst.store.files.atomic import replacing, write_text
from nst.store.files.names import OVERVIEW
from nst.store.plan import read_plan, sweeps
from nst.store.store import Store

COVER = 960  # width in pixels of the small copy of a grid


def overview(runs_dir: Path) -> Path:
    """Write the page that lists every readable sweep of a store; return its path."""
    store = Store(runs_dir)
    found = [listed for name in sweeps(store) if (listed := _listed(name, store))]
    path = store.sweeps / OVERVIEW
    write_text(
        path, html.environment("nst.report").get_template("overview.html.j2").render(sweeps=found, store=runs_dir)
    )
    return path


def _listed(name: str, store: Store) -> dict[str, object] | None:
    """Return the page's entry for a sweep, with links relative to the page; None if there is nothing to link to."""
    try:
        plan = read_plan(store, name)
    except UserError:
        return None
    report, shape = store.report(name), _cover(store.report(name))
    return {
        "name": name,
        "purpose": next(iter(paragraphs(plan.purpose)), ""),
        "status": status(frame.frame(plan, store)),
        "report": quote(f"{name}/report/index.html") if (report / "index.html").is_file() else None,
        "cover": quote(f"{name}/report/cover.webp") if shape else None,
        "shape": shape,
    }


def _cover(report: Path) -> tuple[int, int] | None:
    """Save a small copy of the grid beside it; return the copy's size, or None without a grid."""
    try:
        with open_own(report / "grid.png") as image, replacing(report / "cover.webp") as temporary:
            image.thumbnail((COVER, COVER))
            image.convert("RGB").save(temporary, quality=80)
            return image.size
    except BROKEN:
        return None
