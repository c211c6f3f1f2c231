"""Format rows: CSV and JSON with every column, Markdown with the main ones, and the table in the README."""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from nst.store.atomic import write_text


@dataclass(frozen=True)
class Column:
    """One column of a Markdown table: its heading, and a row's cell."""

    heading: str
    cell: Callable[[Any], str]
    is_text: bool = False


def to_csv(rows: Sequence[Any], kind: type[Any]) -> str:
    """Return `rows`, all of the dataclass `kind`, as CSV under its field names; None is empty."""
    file = io.StringIO()
    writer = csv.DictWriter(file, [field.name for field in fields(kind)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _rounded(value) for key, value in asdict(row).items()} for row in rows)
    return file.getvalue()


def to_json(rows: Sequence[Any]) -> str:
    """Return a list of objects, one a row, as JSON."""
    return json.dumps([asdict(row) for row in rows], indent=2, allow_nan=False) + "\n"


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


def file_stem(device: str) -> str:
    """Return a device's name as a file name: lower case, dashes."""
    return re.sub(r"[^a-z0-9]+", "-", device.lower()).strip("-")


def number(value: float | None, digits: int = 3) -> str:
    """Format three significant digits, never an exponent; a dash for None."""
    if value is None:
        return "–"
    magnitude = math.floor(math.log10(abs(value))) if value else 0
    return f"{value:.{max(0, digits - 1 - magnitude)}f}"


def spread(value: float | None, low: float | None, high: float | None) -> str:
    """Format a value with its range: `9.1 (8.7 to 9.4)`."""
    return number(value) if low is None or low == high else f"{number(value)} ({number(low)} to {number(high)})"


def percent(value: float | None) -> str:
    """Format a share as whole percents."""
    return "–" if value is None else f"{100 * value:.0f} %"


def _rounded(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
