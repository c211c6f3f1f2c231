"""Write tables of words and numbers as Markdown or LaTeX (booktabs), with everything escaped."""

from collections.abc import Sequence
from dataclasses import dataclass

_BREAKS = dict.fromkeys("\n\r\v\f\x85\u2028\u2029", " ")
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{letter: "\\" + letter for letter in "&%$#_{}"},
        **{"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", '"': r"\textquotedbl{}"},
        **{"<": r"\textless{}", ">": r"\textgreater{}", "–": "--", "\u2009": r"\,"},
        **{"±": r"$\pm$", "×": r"$\times$", "−": "$-$", "·": r"$\cdot$", "∞": r"$\infty$"},
        **_BREAKS,
    }
)
_MARKDOWN = str.maketrans({**{letter: "\\" + letter for letter in "\\|`*_[~$"}, "&": "&amp;", "<": "&lt;", **_BREAKS})
"""Escapes for the end of a cell (a bar), emphasis, code, links, mathematics and HTML."""

PREAMBLE = r"% needs \usepackage{booktabs,graphicx,longtable} and \usepackage[T1]{fontenc}" + "\n"
_NARROW = r"\setlength{\tabcolsep}{4pt}"
_COLUMN, _PAGE, _HEAD = 50, 45, 16  # letters across a column, lines on a page, letters of a heading


@dataclass(frozen=True)
class NumberTable:
    """A table: its caption, column headings and rows. The first `words` columns are words."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1

    @property
    def sides(self) -> str:
        """One letter per column: words are aligned left, numbers right."""
        return "l" * self.words + "r" * (len(self.heads) - self.words)


def markdown(sheet: NumberTable) -> str:
    """Format the table for a README or a notebook."""
    rules = [":--" if side == "l" else "--:" for side in sheet.sides]
    lines = [_line(sheet.heads), _line(rules), *map(_line, sheet.rows)]
    return "\n".join([escaped(sheet.caption), "", *lines, ""])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(escaped, cells)) + " |"


def escaped(text: str) -> str:
    """Return text as Markdown that shows it as it is."""
    return text.translate(_MARKDOWN)


def latex(sheet: NumberTable) -> str:
    """Format the table for a paper, which needs the packages in `PREAMBLE`.

    A table wider than a column is scaled to it; a much wider one spans both columns of a page. A table longer than a
    page continues on the next.
    """
    if len(sheet.rows) > _PAGE:
        return _long(sheet)
    table = "table*" if _letters(sheet) > 1.3 * _COLUMN else "table"
    lines = [rf"\begin{{{table}}}", r"\centering", rf"\caption{{{escape(sheet.caption)}}}", r"\smallskip", _NARROW]
    lines += [r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"]
    lines += [rf"\begin{{tabular}}{{@{{}}{sheet.sides}@{{}}}}", *_top(sheet), *_rows(sheet)]
    return "\n".join([*lines, r"\end{tabular}}", rf"\end{{{table}}}", ""])


def _long(sheet: NumberTable) -> str:
    lines = [r"\begingroup\scriptsize", _NARROW, rf"\begin{{longtable}}{{@{{}}{sheet.sides}@{{}}}}"]
    lines += [rf"\caption{{{escape(sheet.caption)}}}\\", *_top(sheet), r"\endfirsthead", *_top(sheet), r"\endhead"]
    return "\n".join([*lines, *_rows(sheet), r"\end{longtable}", r"\endgroup", ""])


def _top(sheet: NumberTable) -> list[str]:
    heads = map(_head, sheet.heads, sheet.sides)
    return [r"\toprule", " & ".join(heads) + r" \\", r"\midrule"]


def _rows(sheet: NumberTable) -> list[str]:
    return [*(" & ".join(map(escape, row)) + r" \\" for row in sheet.rows), r"\bottomrule"]


def _head(text: str, side: str) -> str:
    breaks = [place for place, letter in enumerate(text) if letter == " "]
    if len(text) <= _HEAD or not breaks:
        return escape(text)
    middle = min(breaks, key=lambda place: abs(place - len(text) / 2))
    return rf"\shortstack[{side}]{{{escape(text[:middle])}\\{escape(text[middle + 1 :])}}}"


def _letters(sheet: NumberTable) -> int:
    """Estimate the width of the table in letters."""
    columns = zip([head[:_HEAD] for head in sheet.heads], *sheet.rows, strict=True)
    return sum(max(map(len, column)) + 1 for column in columns)


def escape(text: str) -> str:
    """Escape text letter by letter, so that LaTeX prints it as it is."""
    return text.translate(_LATEX)
