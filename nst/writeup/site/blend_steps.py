"""Show the blend used as content picture step by step: its parts, and both ways of making it."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from nst.errors import UserError
from nst.pictures.blend import INSIDE, blend, ellipse_mask
from nst.pictures.find import file_hash
from nst.pictures.load import full_image
from nst.pictures.read import open_own
from nst.site.chapter import Chapter
from nst.spec.records import Blend
from nst.store.files.atomic import link_or_copy, replacing
from nst.store.store import Store

TITLES = {
    **{"source": "Source", "mask": "Mask", "target": "Target", "paste": "Pasted as it is"},
    **{"poisson": "Poisson blend", "mixed": "Mixed gradients", "style": "Style", "result": "Result"},
}


@dataclass(frozen=True)
class Step:
    """One intermediate picture; `used`: whether it is the blend that was styled."""

    name: str
    title: str
    file: str
    width: int
    height: int
    used: bool = False


@dataclass(frozen=True)
class Blending:
    """The steps that can be shown, the recorded blend, and why steps are missing, if any are."""

    steps: tuple[Step, ...] = ()
    recorded: Blend | None = None
    missing: str = ""


def write(chapter: Chapter, store: Store, site: Path) -> Blending:
    """Make the steps of a sweep's first blend from its run's record, and write them to the site."""
    recorded = _recorded(chapter, store)
    if recorded is None:
        return Blending(missing="No run of this sweep has recorded a blend yet.")
    folder = site / chapter.sweep / "steps"
    try:
        made = _pictures(recorded)
    except UserError as error:
        return Blending(_ends(chapter, folder), recorded, str(error))
    steps = [_save(image, name, folder, recorded.mode) for name, image in made.items()]
    return Blending((*steps, *_ends(chapter, folder)), recorded)


def paste(source: Image.Image, mask: Image.Image, target: Image.Image, offset: tuple[int, int]) -> Image.Image:
    """Copy the part of `source` under `mask` (grey of 128 and above) into `target`, RGB, its edges as they are."""
    result = target.convert("RGB")
    result.paste(source.convert("RGB"), offset, mask.convert("L").point(lambda level: 255 if level >= INSIDE else 0))
    return result


def _recorded(chapter: Chapter, store: Store) -> Blend | None:
    for run in chapter.plan.runs if chapter.plan else ():
        spec = store.spec(run.signature)
        content = spec.pictures.get("content") if spec else None
        if isinstance(content, Blend):
            return content
    return None


def _pictures(recorded: Blend) -> dict[str, Image.Image]:
    """Return every step up to the blends; `UserError` if a picture has changed since."""
    for part in filter(None, (recorded.source, recorded.target, recorded.mask)):
        path = Path(part.path)
        if not path.is_file() or file_hash(path) != part.sha256:
            raise UserError(f"The picture {path.name} that was blended is no longer there.")
    source, target = full_image(recorded.source), full_image(recorded.target)
    mask = full_image(recorded.mask) if recorded.mask else ellipse_mask(*source.size)
    return {
        **{"source": source, "mask": mask, "target": target},
        "paste": paste(source, mask, target, recorded.offset),
        **{mode: blend(source, mask, target, recorded.offset, mode) for mode in ("poisson", "mixed")},
    }


def _save(image: Image.Image, name: str, folder: Path, mode: str) -> Step:
    with replacing(folder / f"{name}.png") as path:
        image.convert("RGB").save(path)
    return _step(name, folder, image.size, name == mode)


def _ends(chapter: Chapter, folder: Path) -> tuple[Step, ...]:
    found = []
    for name, column in (("style", "style_picture"), ("result", "image")):
        paths = [] if chapter.frame is None else [path for path in chapter.frame[column] if isinstance(path, Path)]
        if paths:
            link_or_copy(paths[0], folder / f"{name}.png")
            with open_own(paths[0]) as image:
                found.append(_step(name, folder, image.size))
    return tuple(found)


def _step(name: str, folder: Path, size: tuple[int, int], used: bool = False) -> Step:
    return Step(name, TITLES[name], f"{folder.parent.name}/{folder.name}/{name}.png", *size, used)
