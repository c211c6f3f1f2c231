"""Guides in words, written and read back."""

import pytest

from nst.store.guides import GuideNames, guides_text, read_guides


@pytest.mark.parametrize(
    ("guides", "words"),
    [
        ([GuideNames("left", "picasso")], "left: picasso"),
        ([GuideNames("not sky", "style", "top", "2e-05")], "not sky: style (its top) x 2e-05"),
        (
            [GuideNames("left", "wally (chelsea)", "top"), GuideNames("right", "b")],
            "left: wally (chelsea) (its top) + right: b",
        ),
        ([GuideNames("left", "poster x 2")], "left: poster x 2 x 1"),
        ([GuideNames("left", "poster", "page x 2", "3")], "left: poster (its page x 2) x 3"),
        ([GuideNames("a\nb", "c\nd", "e\nf")], "a\nb: c\nd (its e\nf)"),
        ([], ""),
    ],
)
def test_reads_what_it_writes(guides: list[GuideNames], words: str) -> None:
    assert guides_text(guides) == words and read_guides(words) == guides


def test_names_with_separators_are_written_closer() -> None:
    """Else the style of the second guide would be that of a third."""
    words = guides_text([GuideNames("my: mask", "a + b", "one (its top)"), GuideNames("right", "c")])
    assert words == "my:mask: a+b (its one (top)) + right: c"
    assert read_guides(words) == [GuideNames("my:mask", "a+b", "one (top)"), GuideNames("right", "c")]


def test_other_words_leave_names_empty() -> None:
    assert read_guides("sky") == [GuideNames("sky", "")]
