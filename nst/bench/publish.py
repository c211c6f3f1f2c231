"""Write benchmark results: CSV and Markdown named after the device, optionally JSON and a page's table."""

import argparse
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from nst.hardware.device import device_name, pick_device, pick_threads
from nst.store.files.atomic import write_text


@dataclass(frozen=True)
class Column:
    """One column of a Markdown table: its heading, and a row's cell."""

    heading: str
    cell: Callable[[Any], str]
    is_text: bool = False


@dataclass(frozen=True)
class Caption:
    """The machine of a measurement: `device` is PyTorch's name for it, `name` the manufacturer's."""

    device: str
    name: str
    threads: int

    @classmethod
    def of(cls, device: str, threads: int | str) -> "Caption":
        """Return this machine's. Raises `UserError` for an unknown device or number of threads."""
        found = pick_device(device)
        return cls(found, device_name(found), pick_threads(threads))

    @property
    def stem(self) -> str:
        """File name without suffix: lower case, with dashes."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    def text(self, what: str) -> str:
        """Return two paragraphs: what was measured, and where and when."""
        return f"{what}\n\n{self.where()}"

    def where(self) -> str:
        """Return a sentence that names the machine, its threads, the version of torch, and today's date."""
        import torch

        when = datetime.now(UTC).date().isoformat()
        return f"{self.name}, {self.threads} thread{'s' * (self.threads != 1)}, torch {torch.__version__}, {when}."


def publish(
    rows: Sequence[Any], kind: type[Any], columns: Sequence[Column], caption: str, stem: str, mark: str,
    options: argparse.Namespace, for_page: str | None = None,
) -> str:  # fmt: skip
    """Write `rows` to the files that `options` name, and a page's own text if given; return the table and its path."""
    text = to_markdown(rows, columns, caption)
    write_text(options.out / f"{stem}.csv", to_csv(rows, kind))
    write_text(options.out / f"{stem}.md", text)
    if options.json:
        write_text(options.json, json.dumps([asdict(row) for row in rows], indent=2, allow_nan=False) + "\n")
    if options.page:
        put_between(options.page, mark, text if for_page is None else for_page)
    return f"{text}\n{options.out / f'{stem}.md'}"


def to_csv(rows: Sequence[Any], kind: type[Any]) -> str:
    """Return `rows`, all of the dataclass `kind`, as CSV under its field names; None is empty."""
    table = pd.DataFrame([asdict(row) for row in rows], columns=[field.name for field in fields(kind)])
    return str(table.to_csv(index=False, float_format="%.6g", lineterminator="\n"))


def to_markdown(rows: Sequence[Any], columns: Sequence[Column], caption: str) -> str:
    """Return a caption and a table."""
    lines = [caption, "", _line([column.heading for column in columns])]
    lines.append(_line(["---" if column.is_text else "---:" for column in columns]))
    lines += [_line([column.cell(row) for column in columns]) for row in rows]
    return "\n".join(lines) + "\n"


def put_between(path: Path, mark: str, text: str) -> bool:
    """Replace the text between `<!-- mark -->` and `<!-- /mark -->`; return False if they are missing."""
    opening, closing = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    head, found, rest = before.partition(opening)
    _, closed, tail = rest.partition(closing)
    if not found or not closed:
        return False
    write_text(path, f"{head}{opening}\n{text.strip()}\n{closing}{tail}")
    return True


def number(value: float | None, digits: int = 3) -> str:
    """Format to three significant digits, without exponent; a dash for None."""
    if value is None:
        return "–"
    magnitude = math.floor(math.log10(abs(value))) if value else 0
    return f"{value:.{max(0, digits - 1 - magnitude)}f}"


def spread(value: float | None, low: float | None, high: float | None) -> str:
    """Format a value with its range: `9.1 (8.7 to 9.4)`."""
    return number(value) if low is None or low == high else f"{number(value)} ({number(low)} to {number(high)})"


def percent(value: float | None) -> str:
    """Format a share as a whole percentage."""
    return "–" if value is None else f"{100 * value:.0f} %"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
