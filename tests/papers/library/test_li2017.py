"""Claims about kernels, on frames and pictures with known answers."""

from typing import Any

import pytest

from nst.papers.library.li2017 import emphasis, usable
from nst.statements.runs import finished
from nst.statements.statement import NO_WORSE, Finding
from tests.statements.conftest import Rows, grey, rows

__all__ = ["rows"]
LOSSES = ("gram", "mean", "mean_std")


def transferred(rows: Rows, levels: tuple[float, ...], fidelity: tuple[float, ...]) -> tuple[Finding, ...]:
    """Six contents of level 60 and styles of 160; results have these levels, and the other losses so much fidelity."""
    for number, (level, kept) in enumerate(zip(levels, fidelity, strict=True)):
        images: dict[str, Any] = {"image": grey(level), "content_picture": grey(60), "style_picture": grey(160)}
        for loss in LOSSES:
            factor = 1.0 if loss == "gram" else kept
            keys: dict[str, Any] = {"content": f"c{number}", "style": f"s{number}", "style_loss": loss}
            rows.add(**keys, **images, content_fidelity=0.5 * factor)
    return usable(finished(rows.frame))


def test_all_are_usable(rows: Rows) -> None:
    found = transferred(rows, (110, 115, 120, 110, 115, 120), (1.0, 1.02, 0.99, 1.01, 1.0, 0.98))
    assert [(one.verdict, one.n) for one in found] == [("holds", 6)] * 5
    assert found[0].effect == pytest.approx(100 / (50 * 45 * 40) ** (1 / 3))


def test_none_is_usable(rows: Rows) -> None:
    found = transferred(rows, (50, 45, 60, 50, 45, 60), (0.7, 0.8, 0.6, 0.7, 0.8, 0.6))
    assert [one.verdict for one in found] == ["does not hold"] * 5


def test_usable_by_chance(rows: Rows) -> None:
    found = transferred(rows, (20, 150, 30, 140, 20, 150), (0.6, 1.6, 0.7, 1.5, 0.6, 1.4))
    assert [one.verdict for one in found] == ["undecided"] * 5


def differing(rows: Rows, styles: tuple[float, ...]) -> tuple[Finding, ...]:
    """Six contents; losses move results by 10 levels and GE by 0.1, the other style by this many, in GE hundredths."""
    for number, moved in enumerate(styles):
        for loss, level in zip(LOSSES, (100.0, 110.0, 110.0), strict=True):
            keys: dict[str, Any] = {"content": f"c{number}", "style": f"s{number}", "style_loss": loss}
            rows.add(**keys, image=grey(level), global_effects=level / 100)
        other: dict[str, Any] = {"content": f"c{number}", "style": f"s{(number + 1) % 6}", "style_loss": "gram"}
        rows.add(**other, image=grey(100 + moved), global_effects=1 + moved / 100)
    return emphasis(finished(rows.frame))


def test_styles_differ_more(rows: Rows) -> None:
    """Of the three pairs of losses two differ by 10 levels, one by none: 20 / 3."""
    pixels, effects = differing(rows, (20, 22, 18, 20, 22, 18))
    assert (pixels.verdict, effects.verdict, pixels.n, effects.n) == ("holds", "holds", 6, 6)
    assert pixels.effect == pytest.approx((20 * 22 * 18) ** (1 / 3) * 3 / 20)
    assert effects.effect == pytest.approx(0.2 - 0.2 / 3)


def test_losses_differ_more(rows: Rows) -> None:
    assert [one.verdict for one in differing(rows, (2, 3, 4, 2, 3, 4))] == ["does not hold"] * 2


def test_emphasis_by_chance(rows: Rows) -> None:
    assert [one.verdict for one in differing(rows, (1, 20, 2, 15, 1, 12))] == ["undecided"] * 2


def test_a_content_without_another_style_is_left_out(rows: Rows) -> None:
    for loss in LOSSES:
        rows.add(content="c", style="s", style_loss=loss, image=grey(100), global_effects=1.0)
    assert [one.n for one in emphasis(finished(rows.frame))] == [0, 0]


def test_nothing_to_tell_it_from() -> None:
    found = [*usable([]), *emphasis([])]
    assert [(one.n, one.verdict) for one in found] == [(0, "undecided")] * 7
    least = ["1.1."] * 3 + [f"0.909: {NO_WORSE}."] * 2 + ["1.1.", "0: any difference that chance does not explain."]
    assert [one.statistic.rpartition("Holds above ")[2] for one in found] == least
