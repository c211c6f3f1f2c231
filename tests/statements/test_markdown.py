"""Findings as Markdown, which shows every word as it is."""

from nst.statements.estimate import Estimate
from nst.statements.markdown import markdown
from nst.statements.statement import Question, Untestable

QUESTION = Question("fine_strokes", "Strokes get finer.", "Ratio of a|b.", least=1.1)


def test_a_section_for_each_statement() -> None:
    found = QUESTION.decide(Estimate(6, 1.5, 1.2, 1.9), "With style [1] of `a_b` <i> it is", [])
    text = markdown([found, QUESTION.decide(Estimate(0, *[float("nan")] * 3), "", [])])
    assert text.startswith(
        "## Fine strokes\n\n> Strokes get finer.\n\n**Holds.** With style \\[1] of \\`a\\_b\\` &lt;i> it"
    )
    assert text.count("## ") == 1 and text.count("> Strokes get finer.") == 1
    assert "| Ratio of a\\|b. Holds above 1.1. | holds | 1.5 | 1.2 | 1.9 | 6 |" in text
    assert "| undecided | – | – | – | 0 |" in text


def test_a_list_of_what_is_not_testable() -> None:
    text = markdown([], [Untestable("colour", "The result is *very* exciting.", "It says how the author feels.")])
    assert text == (
        "## Not testable\n\n> The result is \\*very\\* exciting.\n\n**Not testable.** It says how the author feels.\n"
    )
