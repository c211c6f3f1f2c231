"""Format tables and code in Markdown, escaping everything that a forge would read as markup."""

import re
from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"[\\|*<]|(?<!\w)_|_(?!\w)")
"""Markdown's special characters within a cell; an underscore between letters is harmless."""


def table(heads: Sequence[object], rows: Iterable[Sequence[object]], texts: int | None = None) -> str:
    """Format a table whose cells are Markdown already; columns after the first `texts` hold numbers (None: none)."""
    numbers = 0 if texts is None else len(heads) - texts
    lines = [heads, ["---"] * (len(heads) - numbers) + ["---:"] * numbers, *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def code(text: str) -> str:
    """Format text in a fixed font, for a cell; empty text gives nothing."""
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def words(text: str) -> str:
    """Escape plain words for a cell."""
    return _MARKUP.sub(r"\\\g<0>", text)


def fence(text: str) -> str:
    return f"```text\n{text.strip()}\n```"
