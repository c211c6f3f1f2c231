"""Tables and code in Markdown, with nothing in them that a forge would read as markup."""

import re
from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"[\\|*<]|(?<!\w)_|_(?!\w)")
"""What Markdown takes for itself within a cell; an underscore between letters is one."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already (`code` or `words`)."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Text in a fixed font, for a cell; nothing where there is none."""
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def words(text: str) -> str:
    """Plain words for a cell; what is in them stays what it is."""
    return _MARKUP.sub(r"\\\g<0>", text)


def fence(text: str) -> str:
    """A block of plain text."""
    return f"```text\n{text.strip()}\n```"
