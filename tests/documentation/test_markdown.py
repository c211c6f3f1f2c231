"""Nothing in a cell becomes markup by accident."""

from docs.make.markdown import code, fence, table, words


def test_a_table() -> None:
    assert table(["a", "b"], [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
    assert table(["a", 50], [["x", 1.5]], texts=1) == "| a | 50 |\n| --- | ---: |\n| x | 1.5 |"


def test_code_in_a_cell() -> None:
    assert code("a|b") == r"`a\|b`" and code("") == ""


def test_words_keep_their_marks() -> None:
    assert words("start | result, a*b, <= 1") == r"start \| result, a\*b, \<= 1"


def test_an_underscore_within_a_word_is_none_of_markdowns() -> None:
    assert words("conv_1 and clamp_(0) and _x") == r"conv_1 and clamp\_(0) and \_x"


def test_a_fence() -> None:
    assert fence("\nas it is\n\n") == "```text\nas it is\n```"
