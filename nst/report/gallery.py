"""The pictures of a report, in its folder: results and inputs, hard-linked from the store where that is possible."""

from dataclasses import dataclass
from pathlib import Path

from nst.report import labels
from nst.report.files import link_or_copy, remove
from nst.report.material import Material
from nst.report.shots import shown


@dataclass(frozen=True)
class Input:
    """An input picture and what it was used as."""

    file: str
    kind: str
    name: str


def write(material: Material) -> tuple[Input, ...]:
    """Link the results and inputs into the report, clear what an earlier report left, and name the inputs."""
    plan, frame = material.plan, material.frame
    wanted = {f"{job.signature}.png": image for job, image in zip(plan.jobs, frame["image"], strict=True)}
    inputs: dict[str, Input] = {}
    for job, row in shown(plan, frame):
        for kind in ("content", "style"):
            picture = row[f"{kind}_picture"]
            if isinstance(picture, Path):
                file = f"{kind}-{picture.name}"
                name = labels.value(kind, job.values.get(kind, plan.constants.get(kind)))
                wanted[file] = picture
                inputs.setdefault(file, Input(f"pictures/{file}", kind, name))
    _link({file: picture for file, picture in wanted.items() if isinstance(picture, Path)}, material.folder)
    return tuple(inputs.values())


def _link(wanted: dict[str, Path], folder: Path) -> None:
    pictures = folder / "pictures"
    for file, picture in wanted.items():
        link_or_copy(picture, pictures / file)
    for old in pictures.glob("*.png"):
        if old.name not in wanted and not old.name.startswith("."):  # a hidden one may be another process's, half made
            remove(old)
