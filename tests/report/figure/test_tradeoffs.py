"""The figure of a trade-off: its plots, which way their axes run, the means that are drawn, and its files."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from nst.report.figure import tradeoffs
from nst.report.figure.tradeoffs import average, inks, write
from nst.report.stats.tradeoff.curve import Curve
from nst.report.stats.tradeoff.sheet import TradeOff, trade_off
from report.stats.tradeoff.frames import frame, line, rows


def found(*methods: str) -> TradeOff:
    made = trade_off(frame(*(rows(name, line(0.02 * number)) for number, name in enumerate(methods))))
    assert made is not None
    return made


def test_as_png_and_pdf_and_gone(tmp_path: Path) -> None:
    paths = [tmp_path / "t.png", tmp_path / "t.pdf"]
    size = write(found("sliced", "cmd"), paths)
    with Image.open(paths[0]) as image:
        assert image.size == size
        blue = (np.asarray(image.convert("RGB")) == (0x00, 0x72, 0xB2)).all(axis=2)
    assert blue[:, :720].any() and blue[:, 750:1310].any()  # the plots of both measures of the content
    assert paths[1].read_bytes().startswith(b"%PDF")
    assert write(None, paths) is None and not any(path.exists() for path in paths)


def test_better_is_right_and_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Figure] = []
    monkeypatch.setattr(tradeoffs.canvas, "save", lambda figure, path: seen.append(figure))
    write(found("sliced", "cmd"), [tmp_path / "t.png"])
    (upper, _, lower, _) = seen[0].axes
    assert (upper.get_title(loc="left"), upper.get_ylabel()) == ("global effects (GE)", "style better met →")
    assert lower.get_xlabel() == "CF: more content kept →" and lower.get_title(loc="left") == "colour distance to style"
    assert not upper.yaxis.get_inverted() and lower.yaxis.get_inverted() and not lower.xaxis.get_inverted()


def test_the_mean_is_of_pictures_that_every_method_has_with_every_weight() -> None:
    def curve(method: str, pair: str, *points: tuple[float, float]) -> Curve:
        return Curve(method, (pair, ""), (), (1.0, 2.0)[: len(points)], points)

    known = [
        curve("m", "a", (0.0, 1.0), (1.0, 2.0)),
        curve("m", "b", (2.0, 3.0), (3.0, 6.0)),
        curve("m", "c", (9.0, 9.0)),
        curve("n", "a", (0.0, 0.0), (0.0, 0.0)),
        curve("n", "b", (0.0, 0.0), (0.0, 0.0)),
        curve("n", "c", (0.0, 0.0), (0.0, 0.0)),
    ]
    assert average(known[:3], known).tolist() == [[1.0, 2.0], [2.0, 4.0]]
    assert average(known[:3], known[:3]).tolist() == [[1.0, 2.0], [2.0, 4.0]]
    assert average(known[2:3], known[2:]).shape == (0, 2)


def test_each_method_has_a_colour_and_marks_tell_them_apart() -> None:
    few, many = inks(list("abcdefg")), inks(list("abcdefghijk"))
    assert len({ink for ink, _ in few.values()}) == len({mark for _, mark in few.values()}) == 7
    assert len({ink for ink, _ in many.values()}) == 11
