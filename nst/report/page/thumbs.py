"""Small WebP copies of pictures, so that a page of hundreds opens at once; remade only if a picture changes."""

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from nst.pictures.read import open_own
from nst.report.figure.gallery import clear
from nst.report.figure.geometry import Region
from nst.report.figure.pictures import BROKEN, opaque, side_by_side, size_of
from nst.store.files.atomic import CannotWrite, replacing

QUALITY = 82
LONGEST = ((12, 512), (60, 384), (200, 256), (math.inf, 192))  # pictures on a page (at most), and their long side


@dataclass(frozen=True)
class Wanted:
    """A copy to make of a picture, or of a region of it in full detail. `long`: its long side, if unusual."""

    picture: Path
    region: Region | None = None
    long: int = 0


@dataclass(frozen=True)
class Thumb:
    """A copy as the page shows it: its file, the size of what it shows, and a string that changes with the picture."""

    file: str
    width: int
    height: int
    version: str


def longest(count: int) -> int:
    """Return the long side of the copies on a page of `count` pictures."""
    return next(long for most, long in LONGEST if count <= most)


def write(wanted: Iterable[Wanted], names: Mapping[Path, str], folder: Path, long: int) -> Mapping[Wanted, Thumb]:
    """Make missing copies in `folder/thumbs`, remove obsolete ones; unreadable pictures are left out.

    `names`: the file of each picture in the report, after which its copies are named; `long`: their long side.
    """
    each = list(dict.fromkeys(wanted))
    made = side_by_side(lambda one: _thumb(one, folder / "thumbs" / _name(one, names), long), each)
    found = {one: thumb for one, thumb in zip(each, made, strict=True) if thumb is not None}
    clear(folder / "thumbs", {Path(thumb.file).name for thumb in found.values()})
    return found


def _name(wanted: Wanted, names: Mapping[Path, str]) -> str:
    region = "".join(f"-{edge}" for edge in wanted.region or ())
    return f"{Path(names[wanted.picture]).stem}{region}.webp"


def _thumb(wanted: Wanted, target: Path, long: int) -> Thumb | None:
    size = size_of(wanted.picture)
    if size is None:
        return None
    changed = wanted.picture.stat().st_mtime_ns
    left, top, right, bottom = wanted.region or (0, 0, *size)
    whole = (right - left, bottom - top)
    factor = 1.0 if wanted.region else min(1.0, (wanted.long or long) / max(whole))
    small = (max(1, round(whole[0] * factor)), max(1, round(whole[1] * factor)))
    try:
        is_fresh = target.exists() and target.stat().st_mtime_ns == changed and size_of(target) == small
        if not is_fresh:
            _make(wanted, target, small)
            os.utime(target, ns=(changed, changed))
    except CannotWrite:
        raise
    except BROKEN:
        return None
    return Thumb(f"thumbs/{target.name}", *whole, f"{changed:x}")


def _make(wanted: Wanted, target: Path, size: tuple[int, int]) -> None:
    with open_own(wanted.picture) as image:
        image.seek(getattr(image, "n_frames", 1) - 1)  # the last frame of an animation
        part = opaque(image).crop(wanted.region) if wanted.region else opaque(image)
    small = part if part.size == size else part.resize(size, Image.Resampling.LANCZOS)
    with replacing(target) as temporary:
        small.save(temporary, **({"lossless": True} if wanted.region else {"quality": QUALITY}))
