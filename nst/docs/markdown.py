"""Tables and code in Markdown, with nothing in them that a forge would read as markup."""

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already (`code` or `words`)."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Text in a fixed font, for a cell; nothing where there is none."""
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def words(text: str) -> str:
    """Plain words for a cell; what is in them stays what it is."""
    for mark in "\\|*_<[":
        text = text.replace(mark, f"\\{mark}")
    return text


def fence(text: str, language: str = "text") -> str:
    """A block of code."""
    return f"```{language}\n{text.strip()}\n```"
