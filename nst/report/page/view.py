"""A comparison as the page shows it: records that the templates only print."""

from dataclasses import dataclass

from nst.report.page.thumbs import Thumb

Percent = tuple[float, float, float, float]


@dataclass(frozen=True)
class Tile:
    """A picture, or why there is none. `href`: the whole picture, or the run in the table of runs.

    `width`: of its cell, in percent; `box`: the cell's shape if it differs from its grid's; `frame`: left, top,
    width and height of what is outlined, in percent; `zoom`: the region that is shown, as fractions of the picture.
    """

    state: str
    href: str
    alt: str
    note: str = ""
    caption: str = ""
    run: str = ""
    thumb: Thumb | None = None
    width: float = 100
    box: float | None = None
    frame: Percent | None = None
    zoom: str = ""


@dataclass(frozen=True)
class Name:
    """The head of a row or column: words, and an input picture if the axis is one of pictures."""

    text: str
    tile: Tile | None = None
    captions: tuple[str, ...] = ()
    aside: bool = False


@dataclass(frozen=True)
class Line:
    """A row of cells, each of one or more tiles."""

    name: Name
    cells: tuple[tuple[Tile, ...], ...]


@dataclass(frozen=True)
class View:
    """A comparison. `flat`: one line of columns, which a page wraps; `box`: width over height of all cells.

    `heads_title`: name of the pictures above the columns, if the rows need to be told apart from them.
    """

    title: str
    columns: tuple[Name, ...]
    lines: tuple[Line, ...]
    flat: bool
    box: float
    widest: int
    rows_title: str
    cols_title: str
    heads_title: str

    @property
    def slots(self) -> int:
        return sum(max(1, len(column.captions)) for column in self.columns)

    @property
    def is_paired(self) -> bool:
        return any(len(column.captions) > 1 for column in self.columns)

    @property
    def named(self) -> bool:
        """True if words or pictures stand left of the rows."""
        return any(line.name.text or line.name.tile for line in self.lines)

    @property
    def pictured(self) -> bool:
        """True if pictures stand left of the rows."""
        return any(line.name.tile for line in self.lines)
