"""Tables in Markdown and LaTeX: every letter arrives as itself."""

from nst.report.tables import Sheet, escape, latex, markdown

SHEET = Sheet("Times of a_b", ("init", "s"), (("50% & $x$", "1.0 ± 0.2"), ("a|b <i>", "2")))


def test_latex_letters() -> None:
    assert escape("50% & $x_1$ #{a}") == r"50\% \& \$x\_1\$ \#\{a\}"
    assert escape("\\ ~ ^") == r"\textbackslash{} \textasciitilde{} \textasciicircum{}"
    assert escape("1\u2009000 ± 2\n3") == r"1\,000 $\pm$ 2 3"


def test_latex_table() -> None:
    lines = latex(SHEET).splitlines()
    assert lines[2:5] == [r"\caption{Times of a\_b}", r"\begin{tabular}{lr}", r"\toprule"]
    assert lines[7] == r"50\% \& \$x\$ & 1.0 $\pm$ 0.2 \\"


def test_markdown_table() -> None:
    assert markdown(SHEET).splitlines() == [
        r"Times of a\_b",
        "",
        "| init | s |",
        "| :-- | --: |",
        "| 50% & $x$ | 1.0 ± 0.2 |",
        r"| a\|b &lt;i> | 2 |",
    ]
