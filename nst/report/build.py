"""A whole report: everything in `runs/sweeps/<name>/report/`, complete in itself, each file replaced in one go."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from nst.report import arrange, axes, curves, frame, grid, labels, page, provenance, results, timing
from nst.report import plan as plans
from nst.report.axes import Axes
from nst.report.files import link_or_copy, remove
from nst.report.page import Figure, Input, Page
from nst.report.plan import Crop, Plan
from nst.report.shots import shown


def build(
    name: str,
    runs_dir: Path = Path("runs"),
    *,
    rows: str | Sequence[str] | None = None,
    cols: str | Sequence[str] | None = None,
    crop: str | Crop | Sequence[float] | None = None,
) -> Path:
    """Write the report of sweep `name` and return its folder.

    `rows` and `cols` (keys, several of them joined) and `crop` (x, y, w, h in pixels, or in fractions) replace the
    plan's own. `UserError` where there is no such sweep or key; a broken folder of a job is shown, never raised.
    """
    plan = plans.read(name, runs_dir)
    chosen = axes.choose(plan, plans.parse_keys(rows), plans.parse_keys(cols))
    region = plans.parse_crop(crop) or plan.look.crop
    return _write(plan, runs_dir, chosen, region)


def _write(plan: Plan, runs_dir: Path, chosen: Axes, region: Crop | None) -> Path:
    folder = runs_dir / "sweeps" / plan.name / "report"
    found = frame.frame(plan, runs_dir)
    results.write(found, folder / "results.csv")
    crops = _crops(plan, found, region, folder)
    inputs = _pictures(plan, found, folder)
    content = Page(
        plan=plan,
        purpose=page.paragraphs(plan.purpose),
        status=page.status(found),
        grid=_grid(plan, found, chosen, region, folder),
        crops=None if arrange.enlarges(plan, chosen) else crops,
        curves=_curves(plan, found, runs_dir, folder),
        sheets=tuple(sheet for sheet in timing.write(plan, found, folder) if sheet.rows),
        runs=page.runs(plan, found),
        heads=page.heads(plan, found),
        words=len(plan.varied) + 1,
        inputs=inputs,
        constants=page.constants(plan),
        provenance=provenance.facts(plan, runs_dir),
    )
    page.write(content, folder / "index.html")
    return folder


def _grid(plan: Plan, found: pd.DataFrame, chosen: Axes, region: Crop | None, folder: Path) -> Figure:
    drawn = grid.write(arrange.table(plan, found, chosen, region), folder / "grid.png")
    return page.figure(drawn, "grid.png", f"The results of {plan.name} side by side")


def _crops(plan: Plan, found: pd.DataFrame, region: Crop | None, folder: Path) -> Figure | None:
    if region is None or not (found["state"] == "done").any():
        remove(folder / "crops.png")
        return None
    drawn = grid.write(arrange.crops(plan, found, region), folder / "crops.png")
    return page.figure(drawn, "crops.png", f"The region {labels.crop(region)} of each result, enlarged")


def _curves(plan: Plan, found: pd.DataFrame, runs_dir: Path, folder: Path) -> Figure | None:
    if not curves.write(plan, found, runs_dir, folder / "curves.png"):
        remove(folder / "curves.png")
        return None
    return Figure("curves.png", curves.WIDTH, curves.HEIGHT, "Total loss against evaluation, one curve a run")


def _pictures(plan: Plan, found: pd.DataFrame, folder: Path) -> tuple[Input, ...]:
    """Link the results and inputs into the report, clear what an earlier report left, and name the inputs."""
    wanted = {f"{job.signature}.png": image for job, image in zip(plan.jobs, found["image"], strict=True)}
    inputs: dict[str, Input] = {}
    for job, row in shown(plan, found):
        for kind in ("content", "style"):
            picture = row[f"{kind}_picture"]
            if isinstance(picture, Path):
                file = f"{kind}-{picture.name}"
                name = labels.value(kind, job.values.get(kind, plan.constants.get(kind)))
                wanted[file] = picture
                inputs.setdefault(file, Input(f"pictures/{file}", kind, name))
    _link({file: picture for file, picture in wanted.items() if isinstance(picture, Path)}, folder / "pictures")
    return tuple(inputs.values())


def _link(wanted: dict[str, Path], folder: Path) -> None:
    for file, picture in wanted.items():
        link_or_copy(picture, folder / file)
    for old in folder.glob("*.png"):
        if old.name not in wanted and not old.name.startswith("."):  # a hidden one may be another process's, half made
            remove(old)
