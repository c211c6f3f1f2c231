"""Lines of text in the room there is, in any script."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib.style
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

from nst.report.figure import canvas, lettering
from nst.report.figure.geometry import Box, Label
from nst.report.figure.lettering import drawable, height, shorten, width, wrap


def square_font(path: Path, family: str, characters: str) -> Path:
    """Write a font in which each of some characters is a square of half its height, and as wide as it is high."""
    pen = TTGlyphPen(None)
    for move, corner in (
        (pen.moveTo, (0, 0)),
        (pen.lineTo, (0, 500)),
        (pen.lineTo, (500, 500)),
        (pen.lineTo, (500, 0)),
    ):
        move(corner)
    pen.closePath()
    square, names = pen.glyph(), [".notdef", *(f"u{ord(one):04X}" for one in characters)]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(one): f"u{ord(one):04X}" for one in characters})
    font.setupGlyf(dict.fromkeys(names, square))
    font.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    font.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    font.setupPost()
    font.save(path)
    return path


def forget() -> None:
    for cached in vars(lettering).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[font_manager.FontManager]:
    """Only the fonts that matplotlib brings along, whatever this machine has; more can be added."""
    known = [one for one in font_manager.fontManager.ttflist if "mpl-data" in one.fname]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", known)
    forget()
    yield font_manager.fontManager
    forget()


def written(text: str, tall: int = 30) -> canvas.Pixels:
    """The pixels of one line of text at the top left of a sheet, 20 pixels high."""
    with matplotlib.style.context("default"):
        paper = canvas.Canvas(canvas.sheet(400, tall), tall)
        paper.write(Label((text,), Box(0, 0, 400, tall), 20, across="left"))
        return canvas.rasterised(paper.figure)


@pytest.mark.parametrize("text", ["café", "Ван Гог", "Ελλάδα", "نجمة", "לילה", "→ ½ ∞ 😀"])
def test_what_the_own_font_has_is_drawn_as_it_is(fonts: font_manager.FontManager, text: str) -> None:
    assert drawable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("梵高", "[U+68B5 U+9AD8]"),
        ("a梵_b高.jpg", "a[U+68B5]_b[U+9AD8].jpg"),
        ("🎨", "[U+1F3A8]"),
        ("ＡＢ１", "AB1"),
        ("a\nb\tc", "a b c"),
        ("a\udc80", "a[U+DC80]"),
    ],
)
def test_what_no_font_has_is_named(fonts: font_manager.FontManager, text: str, shown: str) -> None:
    """The last is what Python makes of a file's name that is not UTF-8."""
    assert drawable(text) == shown and drawable(shown) == shown
    assert width(text, 20) == width(shown, 20)
    assert (written(text) == written(shown)).all()


def test_names_of_characters_break_between_them(fonts: font_manager.FontManager) -> None:
    assert wrap("梵高", 10, width("[U+68B5 U", 10)) == ("[U+68B5", "U+9AD8]")


def test_another_font_is_used_for_what_it_has(fonts: font_manager.FontManager, tmp_path: Path) -> None:
    """A square of 10 pixels, 20 pixels wide, then a letter of the own font."""
    fonts.addfont(square_font(tmp_path / "a.ttf", "A Square", "梵"))
    assert drawable("梵高") == "梵[U+9AD8]"
    assert width("梵a", 20) == 20 + width("a", 20)
    dark = written("梵a").max(axis=2) < 128
    rows, columns = dark.nonzero()
    assert (rows[columns < 20].min(), rows[columns < 20].max()) == (10, 19)  # the baseline is 20 below the top
    assert (columns[columns < 20].min(), columns[columns < 20].max()) == (0, 9) and dark[:, 20:].any()


def test_fonts_of_boxes_are_not_used(fonts: font_manager.FontManager, tmp_path: Path) -> None:
    fonts.addfont(square_font(tmp_path / "a.ttf", "Last Resort Two", "梵"))
    assert drawable("梵") == "[U+68B5]"


def test_a_font_that_cannot_be_read_is_passed_over(fonts: font_manager.FontManager, tmp_path: Path) -> None:
    path = square_font(tmp_path / "a.ttf", "A Square", "梵")
    fonts.addfont(path)
    path.write_bytes(b"no font")
    assert drawable("梵") == "[U+68B5]"


def test_width_grows_with_size_and_text() -> None:
    assert width("mm", 20) == 2 * width("m", 20) == 4 * width("m", 10)


def test_wraps_at_spaces_then_after_joints_then_anywhere() -> None:
    room = width("impression_", 10)
    assert wrap("impression_sunrise", 10, room) == ("impression_", "sunrise")
    assert wrap("one two", 10, width("one t", 10)) == ("one", "two")
    assert wrap("mmmm", 10, width("mm", 10)) == ("mm", "mm")
    assert wrap("", 10, room) == ()


def test_a_dot_stays_at_the_end_of_its_line() -> None:
    assert wrap("one · two", 10, width("one · t", 10)) == ("one\u00a0·", "two")


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    lines = wrap("a b c d e f g h", 10, width("a b", 10), most=2)
    assert len(lines) == 2 and lines[1].endswith("…")
    assert shorten("abc", 10, 1000) == "abc"
    assert shorten("mmmm", 10, width("mm…", 10)) == "mm…"
    assert shorten("mmmmmm", 10, width("mmm…", 10), middle=True) == "m…mm"


def test_height() -> None:
    assert height(2, 20) == 52
