"""Read the keys of a commented YAML file, with their values as written and their comments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

_SECTION = re.compile(r"# --- (?P<title>.+?) -+")
"""A line at the left edge that opens a section."""


@dataclass(frozen=True)
class Entry:
    """A key (`blend.mask`), its value as written (empty for a mapping), its comment in one line, and its section."""

    key: str
    value: str
    comment: str = ""
    section: str = ""


def entries(text: str, skipped: tuple[str, ...] = ("defaults", "hydra")) -> list[Entry]:
    """Return every key of a YAML file in file order, without the top-level keys that are `skipped`."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    found = _entries(root, text, "") if isinstance(root, yaml.MappingNode) else []
    return [entry for entry in found if entry.key.partition(".")[0] not in skipped]


def top(text: str) -> str:
    """Return the comment at the top of a file: its paragraphs, with indented lines as code."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith("# @package"):
            said = line[1:].removeprefix(" ")
            lines.append(f"\n    {said.strip()}\n" if said.startswith("  ") else said)
    return "\n".join(lines).strip()


def _entries(node: yaml.MappingNode, text: str, prefix: str) -> Iterator[Entry]:
    lines = text.splitlines()
    for key, value in node.value:
        is_block = isinstance(value, yaml.MappingNode) and not value.flow_style
        last = (key if is_block else value).end_mark
        written = "" if is_block else " ".join(text[value.start_mark.index : last.index].split())
        comment, section = _comment(lines, last.line, last.column), _section(lines, key.start_mark.line)
        yield Entry(f"{prefix}{key.value}", written, comment, section)
        if is_block:
            yield from _entries(value, text, f"{prefix}{key.value}.")


def _comment(lines: list[str], line: int, column: int) -> str:
    """Return the comment after a value, including further lines below the same `#`."""
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
    titles = (match["title"] for above in reversed(lines[:line]) if (match := _SECTION.match(above)))
    return next(titles, "")
