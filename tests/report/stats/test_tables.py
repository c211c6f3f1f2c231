"""Tables in Markdown and LaTeX: every letter arrives as itself."""

from nst.report.stats.tables import NumberTable, escape, latex, markdown

SHEET = NumberTable("Times of a_b", ("init", "s"), (("50% & $x$", "1.0 ± 0.2"), ("a|b <i>", "2")))


def test_latex_letters() -> None:
    assert escape("50% & $x_1$ #{a}") == r"50\% \& \$x\_1\$ \#\{a\}"
    assert escape("\\ ~ ^") == r"\textbackslash{} \textasciitilde{} \textasciicircum{}"
    assert escape("1\u2009000 ± 2\n3") == r"1\,000 $\pm$ 2 3"
    assert escape("a\rb\u2028c\fd") == "a b c d"


def test_latex_table() -> None:
    lines = latex(SHEET).splitlines()
    assert lines[0] == r"\begin{table}" and lines[2] == r"\caption{Times of a\_b}" and lines[-1] == r"\end{table}"
    assert lines[6:9] == [r"\begin{tabular}{@{}lr@{}}", r"\toprule", r"init & s \\"]
    assert lines[10] == r"50\% \& \$x\$ & 1.0 $\pm$ 0.2 \\"


def test_a_wide_table_spans_two_columns_and_a_long_one_pages() -> None:
    wide = NumberTable("c", tuple("abcdefg"), (("0.123 ± 0.045",) * 7,), 0)  # 7 * 14 = 98 letters
    assert latex(wide).startswith(r"\begin{table*}")
    long = NumberTable("c", ("a", "b"), (("1", "2"),) * 46)
    assert r"\begin{longtable}{@{}lr@{}}" in latex(long) and latex(long).count(r"1 & 2 \\") == 46


def test_a_long_head_takes_two_lines() -> None:
    sheet = NumberTable("c", ("style weight : content weight", "x"), (("1", "2"),))
    assert r"\shortstack[l]{style weight :\\content weight} & x \\" in latex(sheet)


def test_markdown_table() -> None:
    assert markdown(SHEET).splitlines() == [
        r"Times of a\_b",
        "",
        "| init | s |",
        "| :-- | --: |",
        r"| 50% &amp; \$x\$ | 1.0 ± 0.2 |",
        r"| a\|b &lt;i> | 2 |",
    ]


def test_markdown_takes_no_letter_for_its_own() -> None:
    sheet = NumberTable("[a](b)", (), (("&lt; ~~x~~ \\ `y`", "1\r\n2\u20293"),), 0)
    assert markdown(sheet).splitlines()[0] == r"\[a](b)"
    assert markdown(sheet).splitlines()[-1] == r"| &amp;lt; \~\~x\~\~ \\ \`y\` | 1  2 3 |"
