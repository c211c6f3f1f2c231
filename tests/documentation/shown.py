"""What README, CONTRIBUTING and `docs/` show: their commands, their code, and where their links lead."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from types import ModuleType

from nst import losses

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^    ((?:[A-Z_]+=\S+ )?python -m nst\.(?:.*\\\n)*.*)", re.MULTILINE)
_HELP = re.compile(r"python -m nst\.")
_INLINE = re.compile(r"`(python -m nst\.run [^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PLACEHOLDER = re.compile(r"\b(KEY|NAME|VALUE)\b")
_BETWEEN = ("&", "&&", "|", ";")

Words = tuple[str, ...]


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks in a language."""
    return [block for found, block in _FENCE.findall(text) if found == language]


def shown_losses(text: str) -> dict[str, str]:
    """The losses that a page shows as files of `nst/losses`: their code by name."""
    files = [(re.match(r"# nst/losses/(\w+)\.py", block), block) for block in blocks(text, "python")]
    return {found[1]: block for found, block in files if found}


def add_losses(text: str) -> None:
    """Make the losses that a page shows known to this process."""
    for name, code in shown_losses(text).items():
        module = ModuleType(name)
        exec(compile(code, name, "exec"), vars(module))
        losses.add(name, module.Loss)


def commands(text: str) -> list[Words]:
    """Every command that a page shows: of shell blocks all lines, elsewhere what starts with `python -m nst`."""
    lines = [line for block in blocks(text, "sh") for line in _joined(block)]
    lines += [_bare(line) for block in blocks(text, "text") for line in _joined(block) if _HELP.match(line)]
    bare = _FENCE.sub("", text)
    lines += [line for found in _INDENTED.findall(bare) for line in _joined(found)]
    lines += [line for line in _INLINE.findall(bare) if not _PLACEHOLDER.search(line)]
    return [words for line in lines for words in _split(line)]


def every_command() -> list[Words]:
    """Those of all pages, each once."""
    return list(dict.fromkeys(words for page in PAGES for words in commands(page.read_text(encoding="utf-8"))))


def links(text: str) -> list[str]:
    """Where a page's links and pictures lead, web addresses left out."""
    return [target for target in _LINK.findall(_FENCE.sub("", text)) if "://" not in target]


def anchors(text: str) -> set[str]:
    """The names that a forge gives to a page's headings."""
    heads = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


def _joined(block: str) -> list[str]:
    """Lines, those that end in a backslash with the next one."""
    return [line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def _bare(line: str) -> str:
    """A line of a help text without what is said beside the command."""
    return re.split(r"\s{2,}", line)[0]


def _split(line: str) -> Iterator[Words]:
    """The commands of a line, without comments and without variables that are set for them."""
    left = iter(shlex.split(line, comments=True))
    while words := list(takewhile(lambda word: word not in _BETWEEN, left)):
        while re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        yield tuple(words)
