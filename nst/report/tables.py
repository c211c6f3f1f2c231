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


@dataclass(frozen=True)
class Sheet:
    """A table: what is said once above it, the heads of its columns, its rows. The first `words` columns are words."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def markdown(sheet: Sheet) -> str:
    """The table for a README or a notebook; words to the left, numbers to the right."""
    rules = [":--" if column < sheet.words else "--:" for column in range(len(sheet.heads))]
    lines = [_line(sheet.heads), "| " + " | ".join(rules) + " |", *(_line(row) for row in sheet.rows)]
    return "\n".join([_cell(sheet.caption), "", *lines, ""])


def latex(sheet: Sheet) -> str:
    """The table for a paper; needs `\\usepackage{booktabs}` and `\\usepackage[T1]{fontenc}`."""
    columns = "l" * sheet.words + "r" * (len(sheet.heads) - sheet.words)
    rows = [" & ".join(escape(cell) for cell in row) + r" \\" for row in sheet.rows]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escape(sheet.caption)}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            " & ".join(escape(head) for head in sheet.heads) + r" \\",
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def escape(text: str) -> str:
    """Text as LaTeX shows it, letter by letter."""
    return "".join(_LATEX.get(letter, letter) for letter in " ".join(text.split("\n")))


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    """Markdown would end a cell at a bar, take `<` for HTML, and `_`, `*` or a backtick for emphasis."""
    for letter in "\\|<`*_":
        text = text.replace(letter, "&lt;" if letter == "<" else "\\" + letter)
    return " ".join(text.split("\n"))
