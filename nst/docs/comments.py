"""The keys of a commented YAML file with their values as they are written, and what the comments beside them say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import yaml

_SECTION = re.compile(r"# --- (?P<title>.+?) -+")
"""A line that opens a section, at the left edge."""


@dataclass(frozen=True)
class Entry:
    """A key (`blend.mask`), its value as written (empty for a mapping), its comment in one line, and its section."""

    key: str
    value: str
    comment: str = ""
    section: str = ""


def entries(text: str, skipped: tuple[str, ...] = ("defaults", "hydra")) -> list[Entry]:
    """Every key of a YAML file in its order, without the top-level keys that are `skipped`."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    lines = text.splitlines()
    found = _entries(root, lines, "") if isinstance(root, yaml.MappingNode) else []
    return [entry for entry in found if entry.key.partition(".")[0] not in skipped]


def top(text: str) -> str:
    """The comment at the top of a file: its paragraphs, with lines that are indented in it as code."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith("# @package"):
            said = line[1:].removeprefix(" ")
            lines.append(f"\n    {said.strip()}\n" if said.startswith("  ") else said)
    return "\n".join(lines).strip()


def _entries(node: yaml.MappingNode, lines: list[str], prefix: str) -> Iterator[Entry]:
    for key, value in node.value:
        is_block = isinstance(value, yaml.MappingNode) and not value.flow_style
        last = (key if is_block else value).end_mark
        written = "" if is_block else _between(lines, value.start_mark, last)
        entry = Entry(f"{prefix}{key.value}", written, _comment(lines, last.line, last.column))
        yield replace(entry, section=_section(lines, key.start_mark.line))
        if is_block:
            yield from _entries(value, lines, f"{entry.key}.")


def _between(lines: list[str], start: yaml.Mark, end: yaml.Mark) -> str:
    if start.line == end.line:
        return lines[start.line][start.column : end.column]
    return " ".join([lines[start.line][start.column :], *lines[start.line + 1 : end.line], lines[end.line][: end.column]])


def _comment(lines: list[str], line: int, column: int) -> str:
    """What stands after a value, and below that under the same `#`."""
    rest = lines[line][column:] if line < len(lines) else ""
    if " #" not in rest:
        return ""
    place = lines[line].index("#", column)
    said = [lines[line][place:]]
    for below in lines[line + 1 :]:
        if place == 0 or not below[place:].startswith("#") or below[:place].strip():
            break
        said.append(below[place:])
    return " ".join(part.lstrip("#").strip() for part in said)


def _section(lines: list[str], line: int) -> str:
    """The title of the section that a line is in."""
    titles = (match["title"] for above in reversed(lines[:line]) if (match := _SECTION.match(above)))
    return next(titles, "")
