"""Shares of the variance of a frame's numbers."""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nst.report.stats.variance import Explained, explain

GRID = list(itertools.product("ab", "xyz"))
HAND = [1.0, 2.0, 3.0, 2.0, 4.0, 6.0]
"""Sums of squares 6 (content), 9 (style) and 1, of 16."""


def frame(rows: Iterable[Sequence[object]] = GRID, keys: Sequence[str] = ("content", "style"), **columns: Any) -> Any:
    found = pd.DataFrame(list(rows), columns=list(keys)).assign(**columns)
    found.attrs["keys"] = tuple(keys)
    return found


def only(found: pd.DataFrame) -> Explained:
    (one,) = explain(found).metrics
    return one


def shares(found: pd.DataFrame) -> dict[str, float]:
    return {share.source: share.share for share in only(found).shares}


def test_shares_by_hand() -> None:
    found = only(frame(ssim_content=HAND)).shares
    assert [share.source for share in found] == ["content", "style", "interaction and rest"]
    assert [share.share for share in found] == pytest.approx([6 / 16, 9 / 16, 1 / 16])
    assert [share.by_chance for share in found] == pytest.approx([1 / 5, 2 / 5, 2 / 5])
    assert [share.omega_squared for share in found[:2]] == pytest.approx([5.5 / 16.5, 8 / 16.5])
    assert math.isnan(found[2].omega_squared) and math.isnan(found[2].p)


def test_every_number_with_a_direction_has_shares() -> None:
    numbers = ("ssim_content", "style_loss", "seconds_loop", "peak_memory_mib", "global_effects")
    others = ("evaluations", "stroke_scale_px", "mine")
    found = explain(frame(**dict.fromkeys((*numbers, *others), HAND)))
    assert [one.metric for one in found.metrics] == [*numbers] and not found.refused


def test_columns_of_ones_own() -> None:
    found = frame(mine=HAND)
    assert [one.metric for one in explain(found, ["mine"]).metrics] == ["mine"] and not explain(found).metrics
    assert not explain(found, ["other"]).metrics


def test_logarithms_of_numbers_of_which_less_is_better() -> None:
    assert (
        shares(frame(total_loss=np.exp(HAND)))["content"] == pytest.approx(6 / 16)
        and only(frame(total_loss=HAND)).is_log
    )
    assert shares(frame(total_loss=np.array(HAND) - 1))["content"] == pytest.approx(6 / 16)  # one is zero
    assert shares(frame(ssim_content=HAND))["content"] == pytest.approx(6 / 16)


def test_a_constant_has_no_shares() -> None:
    assert explain(frame(ssim_content=0.7)).metrics == ()
    assert explain(frame(ssim_content=[0.1 + 0.2, *[0.3] * 5])).metrics == ()  # equal but for rounding


def test_a_loss_that_is_a_key_is_no_number() -> None:
    found = frame([(loss, b) for loss in ("gram", "mean") for b in "xyz"], ("style_loss", "content"), ssim_content=HAND)
    assert [*shares(found)] == ["style_loss", "content", "interaction and rest"]


def test_only_finished_runs_count() -> None:
    found = frame([*GRID, ("c", "x")], ssim_content=[*HAND, 99.0], state=["done"] * 6 + ["failed"])
    assert shares(found)["content"] == pytest.approx(6 / 16)


def test_runs_without_a_number_are_left_out_for_that_number() -> None:
    found = explain(frame(ssim_content=HAND, gms_content=[*HAND[:5], math.nan]))
    assert [one.design.rows.size for one in found.metrics] == [6, 4]


def test_equal_pictures_count_once_but_each_for_its_own_time() -> None:
    """A start from the content, whose picture does not depend on the seed."""
    rows = [(style, seed) for style in "xy" for seed in (0, 1)]
    found = frame(rows, ("style", "seed"), ssim_content=[1.0, 1.0, 2.0, 2.0], seconds_loop=np.exp([1.0, 3.0, 5.0, 7.0]))
    one = only(found)
    assert one.metric == "seconds_loop" and [share.share for share in one.shares] == pytest.approx([0.8, 0.2])


def test_pictures_that_agree_in_one_number_are_two() -> None:
    rows = [(style, seed) for style in "xy" for seed in (0, 1)]
    found = frame(rows, ("style", "seed"), ssim_content=[1.0, 1.0, 2.0, 2.0], psnr_content_db=[1.0, 3.0, 5.0, 7.0])
    first, second = explain(found).metrics
    assert [share.share for share in first.shares] == pytest.approx([1, 0])
    assert [share.share for share in second.shares] == pytest.approx([0.8, 0.2])


def test_times_of_resumed_runs_and_of_several_machines() -> None:
    resumed = explain(frame(seconds_loop=HAND, resumed_at=[None] * 5 + [50.0]))
    assert [one.design.rows.size for one in resumed.metrics] == [4]
    found = explain(frame(seconds_loop=HAND, ssim_content=HAND, machine=["m"] * 5 + ["n"]))
    assert [one.metric for one in found.metrics] == ["ssim_content"]
    assert found.refused == ("Times are of several machines, and are not compared.",)
    assert not explain(frame([["a"], ["b"]], ["style"], seconds_loop=[1.0, 2.0], machine=["m", "n"])).refused


def test_times_by_precision_are_of_one_machine() -> None:
    rows = list(itertools.product(["fp32", "bf16"], "xyz"))
    found = frame(rows, ("precision", "style"), seconds_loop=HAND, machine=[f"m, 2 threads, {p}" for p, _ in rows])
    assert only(found).shares[0].source == "precision"


def test_an_incomplete_design_is_refused_once() -> None:
    rows = [(number, (number + step) % 6) for number in range(6) for step in (0, 1)]
    found = explain(frame(rows, ssim_content=range(12), total_loss=range(12)))
    assert not found.metrics and len(found.refused) == 1 and "do not cross content and style" in found.refused[0]


def test_nothing_finished() -> None:
    assert explain(frame(ssim_content=HAND, state="pending")).metrics == ()
    assert explain(frame(ssim_content=math.nan)).refused == ()


@pytest.fixture
def noisy() -> pd.DataFrame:
    """Five styles, three contents, three weights; the style has an effect, all else is noise."""
    rows = list(itertools.product(range(5), range(3), range(3)))
    noise = np.random.default_rng(0).normal(size=len(rows))
    numbers = [style + 0.3 * one for (style, _, _), one in zip(rows, noise, strict=True)]
    return frame(rows, ("style", "content", "style_weight"), ssim_content=numbers)


def test_an_effect_is_found(noisy: pd.DataFrame) -> None:
    style, *others, _ = only(noisy).shares
    assert style.share > 0.9 and style.p < 0.01 and all(share.p > 0.05 for share in others)


def test_shuffled_runs_show_no_effect(noisy: pd.DataFrame) -> None:
    """Of 40 shuffled sweeps, 2 are expected to have a share below 0.05; 7 or more are one case in 200."""
    found = 0
    for seed in range(40):
        shuffled = np.random.default_rng(seed).permutation(noisy["ssim_content"])
        parts = only(noisy.assign(ssim_content=shuffled)).shares
        assert sum(share.share for share in parts) == pytest.approx(1)
        found += any(share.p < 0.05 for share in parts)
    assert found < 7


def test_what_chance_is_expected_to_explain(noisy: pd.DataFrame) -> None:
    """The mean share of the style over shuffled sweeps is 4 / 44, to three standard errors of about 0.009."""
    found = [
        shares(noisy.assign(ssim_content=np.random.default_rng(seed).permutation(noisy["ssim_content"])))["style"]
        for seed in range(60)
    ]
    assert float(np.mean(found)) == pytest.approx(4 / 44, abs=0.027)
