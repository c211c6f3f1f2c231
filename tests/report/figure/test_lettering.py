"""Lines of text in the room there is."""

from nst.report.figure.lettering import height, shorten, shorten_middle, width, wrap


def test_width_grows_with_size_and_text() -> None:
    assert width("mm", 20) == 2 * width("m", 20) == 4 * width("m", 10)


def test_wraps_at_spaces_then_after_joints_then_anywhere() -> None:
    room = width("impression_", 10)
    assert wrap("impression_sunrise", 10, room) == ["impression_", "sunrise"]
    assert wrap("one two", 10, width("one t", 10)) == ["one", "two"]
    assert wrap("mmmm", 10, width("mm", 10)) == ["mm", "mm"]
    assert wrap("", 10, room) == []


def test_a_dot_stays_at_the_end_of_its_line() -> None:
    assert wrap("one · two", 10, width("one · t", 10)) == ["one\u00a0·", "two"]


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    lines = wrap("a b c d e f g h", 10, width("a b", 10), most=2)
    assert len(lines) == 2 and lines[1].endswith("…")
    assert shorten("abc", 10, 1000) == "abc"
    assert shorten("mmmm", 10, width("mm…", 10)) == "mm…"
    assert shorten_middle("mmmmmm", 10, width("mmm…", 10)) == "m…mm"


def test_height() -> None:
    assert height(2, 20) == 52
