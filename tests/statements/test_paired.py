"""Pairs that differ in one key, by ratio and by difference, worked out by hand."""

import pytest

from nst.statements.paired import by_agreement, by_difference, by_ratio, compared, has, titled
from nst.statements.runs import finished, groups
from nst.statements.statement import Question

from .conftest import Rows

QUESTION = Question("id", "the words", "what was computed")


def test_pairs_differ_in_nothing_else(rows: Rows) -> None:
    for content, seed, weight in (("a", 0, 64.0), ("a", 0, 128), ("a", 1, 64), ("b", 0, 128)):
        rows.add(content=content, seed=seed, style_weight=weight)
    pairs = compared(finished(rows.frame), ["style_weight"], has("style_weight", 64), has("style_weight", 128.0))
    assert [(a.keys["style_weight"], b.keys["style_weight"], a.content) for a, b in pairs] == [(64, 128, "a")]
    assert not has("size", 64)(pairs[0][0])


def test_ratio_and_difference(rows: Rows) -> None:
    """Ratios 2 and 8 have the geometric mean 4; differences 1 and 7 the mean 4."""
    for content, found in (("a", (1.0, 2.0)), ("b", (1.0, 8.0))):
        for pooling, value in zip(("max", "avg"), found, strict=True):
            rows.add(content=content, style="s", pooling=pooling, fine_detail_levels=value)
    pairs = compared(finished(rows.frame), ["pooling"], has("pooling", "max"), has("pooling", "avg"))
    names = ("max", "average")
    ratio = by_ratio(QUESTION, pairs, "fine_detail_levels", "It is so.", names)
    assert ratio.effect == pytest.approx(4) and ratio.n == 2
    assert ratio.reading.startswith("It is so. Mean fine detail after 80 evaluations: 1 levels with max, 5 levels with")
    assert list(ratio.values["pictures"]) == ["a + s", "b + s"] and list(ratio.values["average"]) == [2, 8]
    assert by_difference(QUESTION, pairs, "fine_detail_levels", "It is so.", names).effect == pytest.approx(4)


def test_an_unknown_number_is_left_out(rows: Rows) -> None:
    rows.add(content="a", pooling="max", fine_detail_levels=0.0)
    rows.add(content="a", pooling="avg", fine_detail_levels=1.0)
    pairs = compared(finished(rows.frame), ["pooling"], has("pooling", "max"), has("pooling", "avg"))
    assert by_ratio(QUESTION, pairs, "fine_detail_levels", "", ("a", "b")).n == 0
    assert by_difference(QUESTION, pairs, "fine_detail_levels", "", ("a", "b")).n == 1
    assert by_difference(QUESTION, pairs, "psnr_content_db", "", ("a", "b")).n == 0


def test_smallest_over_largest(rows: Rows) -> None:
    """0.25 and 1 have the geometric mean 0.5; a set of one run, or with an unknown number, is left out."""
    for content, values in {"a": [2.0, 8, 4], "b": [3.0, 3, 3], "c": [1.0], "d": [1.0, float("nan")]}.items():
        for seed, value in enumerate(values):
            rows.add(content=content, style="s", seed=seed, fine_detail_levels=value)
    found = by_agreement(QUESTION, groups(finished(rows.frame), ["seed"]), "fine_detail_levels", "It is so.")
    assert found.effect == pytest.approx(0.5) and found.n == 2
    assert found.reading.startswith("It is so. Mean fine detail after 80 evaluations: 2.5 to 5.5 levels; the share")
    assert list(found.values["largest"]) == [8, 3]


def test_titles() -> None:
    assert titled("fine_detail_levels") == ("fine detail", "levels") and titled("a share") == ("a share", "")
