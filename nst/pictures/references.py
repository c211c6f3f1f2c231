"""Records that say which picture is meant: a file by its hash, or a blend of files."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PictureFile:
    """A picture file that exists; `sha256` is of its bytes. Copies of one file are equal, whatever their path."""

    path: str = field(compare=False)
    sha256: str


@dataclass(frozen=True)
class Blend:
    """A Poisson blend as a picture; without `mask`, the largest ellipse in the source."""

    source: PictureFile
    mask: PictureFile | None
    target: PictureFile
    offset: tuple[int, int]
    mode: str


Picture = PictureFile | Blend
