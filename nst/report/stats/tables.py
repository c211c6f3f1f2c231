"""A table of words and numbers, written as Markdown or as LaTeX (booktabs) with everything escaped."""

from dataclasses import dataclass

_LATEX = {
    "\\": r"\textbackslash{}",
    **{letter: "\\" + letter for letter in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "−": "$-$",
    "–": "--",
    "·": r"$\cdot$",
    "∞": r"$\infty$",
    "\u2009": r"\,",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"\textquotedbl{}",
}

PREAMBLE = r"% needs \usepackage{booktabs,graphicx,longtable} and \usepackage[T1]{fontenc}" + "\n"
_NARROW = r"\setlength{\tabcolsep}{4pt}"
_COLUMN, _PAGE, _HEAD = 50, 45, 16  # letters across a column, lines on a page, letters of a head


@dataclass(frozen=True)
class NumberTable:
    """A table: what is said once above it, the heads of its columns, its rows. The first `words` columns are words."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def markdown(sheet: NumberTable) -> str:
    """Format the table for a README or a notebook; words to the left, numbers to the right."""
    rules = [":--" if column < sheet.words else "--:" for column in range(len(sheet.heads))]
    lines = [_line(sheet.heads), "| " + " | ".join(rules) + " |", *(_line(row) for row in sheet.rows)]
    return "\n".join([_cell(sheet.caption), "", *lines, ""])


def latex(sheet: NumberTable) -> str:
    """Format the table for a paper, which needs what `PREAMBLE` says.

    A table wider than its column is scaled to it; one much wider spans both columns of a page. One longer than a page
    continues on the next.
    """
    if len(sheet.rows) > _PAGE:
        return _long(sheet)
    table = "table*" if _letters(sheet) > 1.3 * _COLUMN else "table"
    lines = [rf"\begin{{{table}}}", r"\centering", rf"\caption{{{escape(sheet.caption)}}}", r"\smallskip", _NARROW]
    lines += [r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"]
    lines += [rf"\begin{{tabular}}{{{_columns(sheet)}}}", r"\toprule", _heads(sheet), r"\midrule", *_rows(sheet)]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}}", rf"\end{{{table}}}", ""])


def _long(sheet: NumberTable) -> str:
    top = [r"\toprule", _heads(sheet), r"\midrule"]
    lines = [r"\begingroup\scriptsize", _NARROW, rf"\begin{{longtable}}{{{_columns(sheet)}}}"]
    lines += [rf"\caption{{{escape(sheet.caption)}}}\\", *top, r"\endfirsthead", *top, r"\endhead", *_rows(sheet)]
    return "\n".join([*lines, r"\bottomrule", r"\end{longtable}", r"\endgroup", ""])


def _columns(sheet: NumberTable) -> str:
    return "@{}" + "l" * sheet.words + "r" * (len(sheet.heads) - sheet.words) + "@{}"


def _heads(sheet: NumberTable) -> str:
    sides = "l" * sheet.words + "r" * (len(sheet.heads) - sheet.words)
    return " & ".join(_head(head, side) for head, side in zip(sheet.heads, sides, strict=True)) + r" \\"


def _head(text: str, side: str) -> str:
    breaks = [place for place, letter in enumerate(text) if letter == " "]
    if len(text) <= _HEAD or not breaks:
        return escape(text)
    middle = min(breaks, key=lambda place: abs(place - len(text) / 2))
    return rf"\shortstack[{side}]{{{escape(text[:middle])}\\{escape(text[middle + 1 :])}}}"


def _rows(sheet: NumberTable) -> list[str]:
    return [" & ".join(escape(cell) for cell in row) + r" \\" for row in sheet.rows]


def _letters(sheet: NumberTable) -> int:
    """Return about how many letters wide the table is."""
    return sum(
        max(map(len, column)) + 1 for column in zip(*sheet.rows, [head[:_HEAD] for head in sheet.heads], strict=True)
    )


def escape(text: str) -> str:
    """Escape text as LaTeX shows it, letter by letter."""
    return "".join(_LATEX.get(letter, letter) for letter in " ".join(text.split("\n")))


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    """Escape what Markdown takes for the end of a cell (a bar), HTML (`<`) or emphasis (`_`, `*`, a backtick)."""
    for letter in "\\|<`*_":
        text = text.replace(letter, "&lt;" if letter == "<" else "\\" + letter)
    return " ".join(text.split("\n"))
