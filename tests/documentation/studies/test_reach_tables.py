"""Means, choice and rule, from ratios worked out by hand."""

import math
import random
from typing import Any

import pandas as pd
import pytest

from docs.make.studies.preconditioner import tables
from docs.make.studies.reach_tables import (
    by_mark,
    by_size,
    choice,
    default,
    estimate,
    is_met,
    judged,
    preconditioner,
    ratios,
    soonest,
    with_ratios,
)
from nst.statements.estimate import Estimate
from nst.statements.pictures import JUDGED, PILOT

PAIRS = (*PILOT, *JUDGED)
SPREAD = (1, 1, 1.02, 0.98, 1.01, 0.99, 1.03, 0.97)
"""A factor for each pair, so that there is an interval."""


def row(ratio: float | None, own: float = 0.5, pair: int = 2, mark: int = 100, **keys: Any) -> dict[str, Any]:
    """A run that took `ratio` times the base's evaluations; None: it never had the loss in 150 evaluations."""
    content, style = PAIRS[pair]
    place = {"runs": "transfer", "content": content, "style": style, "init": "content"}
    spent = {"spent": 150, "mark": mark, "base": mark, "evaluations": math.nan if ratio is None else ratio * mark}
    return {
        **place,
        **{"size": 256, "steps": 150, "precision": "fp32"},
        "kind": "fourier",
        "exponent": own,
        "sizes": None,
        "each": None,
        "pilot": pair < len(PILOT),
        **spent,
        **keys,
    }


def told(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return with_ratios(pd.DataFrame(rows), lambda run: f"{run['exponent']:g}")


def study(mild: float, strong: float, mark: int = 100) -> list[dict[str, Any]]:
    """All pairs from both starts: exponent 0.5 takes `mild` times the evaluations, exponent 1 `strong` times."""
    return [
        row(mean * SPREAD[pair], own, pair, mark, init=init)
        for own, mean in ((0.5, mild), (1.0, strong))
        for pair in range(len(PAIRS))
        for init in ("content", "uniform")
    ]


def test_ratio_two_exactly() -> None:
    """Equal ratios have no interval."""
    found = estimate(told([row(2, pair=pair) for pair in range(2, 8)]))
    assert found.effect == pytest.approx(2) and found.n == 6 and math.isnan(found.low)


def test_the_mean_is_geometric_and_a_pair_counts_once() -> None:
    """One pair halves from the content and quarters the half again from noise: 0.25; another doubles twice: 4."""
    noise = {"init": "uniform"}
    found = estimate(told([row(0.5), row(0.125, **noise), row(4, pair=3), row(4, pair=3, **noise)]))
    assert found.effect == pytest.approx(1) and found.n == 2


def test_a_run_that_never_had_the_loss_counts_as_twice_its_evaluations() -> None:
    """It made 150, so it counts as 300 to the base's 100."""
    table = told([row(None)])
    assert table["ratio"].tolist() == [3] and table["never"].tolist() == [True]
    assert "| transfer | content | 0.5 | 1 | 3, 1 of 1 never |" in ratios(table, ["runs", "start", "variant"])


def test_the_exponent_is_chosen_on_pilot_pairs_alone() -> None:
    """There 1 is sooner; on the others it is slower, which must not count."""
    rows = [row(0.9, 0.5, 0), row(0.7, 1, 0), row(0.1, 0.5, 3), row(2.0, 1, 3)]
    best, said = choice(told(rows))
    assert best == "1" and said == "On the pilot pairs, *1* was the soonest (mean ratio 0.7), before *0.5* (0.9)."
    assert judged(told(rows), best)[1] == "On the other pairs its ratio was 2 (n = 1) at 100."
    assert list(soonest(told(rows))) == ["0.5", "1"]


@pytest.mark.parametrize(
    ("estimates", "met"),
    [
        ([Estimate(6, 0.7, 0.6, 0.85)], True),
        ([Estimate(6, 0.8, 0.7, 0.89)], True),
        ([Estimate(6, 0.81, 0.75, 0.85)], False),
        ([Estimate(6, 0.7, 0.5, 0.9)], False),
        ([Estimate(4, 0.5, 0.4, 0.6)], False),
        ([Estimate(6, 0.7, math.nan, math.nan)], False),
        ([Estimate(6, 0.7, 0.6, 0.8), Estimate(6, 1.1, 1.0, 1.2)], False),
        ([], False),
    ],
)
def test_the_rule(estimates: list[Estimate], met: bool) -> None:
    assert is_met(estimates) is met


def test_what_saves_enough_becomes_the_default() -> None:
    said = default(told(study(0.7, 0.9)))
    assert said.startswith("On the pilot pairs, *0.5* was the soonest (mean ratio 0.7), before *1* (0.9). ")
    assert said.endswith("n = 6) at 100. The rule is met: *0.5* becomes the default.")


def test_what_saves_too_little_does_not() -> None:
    assert default(told(study(0.85, 0.95))).endswith("The rule is not met at 100: *0.5* does not become the default.")


def test_a_late_loss_that_takes_longer_is_enough_to_fail() -> None:
    said = default(told([*study(0.5, 0.9, 50), *study(0.85, 0.9, 100)]))
    assert said.endswith("The rule is not met at 100: *0.5* does not become the default.")


def test_few_pairs_decide_nothing() -> None:
    rows = [each for each in study(0.5, 0.9) if each["content"] in ("chelsea", "astronaut", "rocket")]
    assert default(told(rows)).endswith("too few pairs to decide, which takes 5, so it does not become the default.")


def test_a_small_size_decides_no_default() -> None:
    said = default(told([{**each, "size": 128} for each in study(0.7, 0.9)]))
    assert said.endswith(" The rule is met at this size; a default is decided at 256 pixels or more.")


def test_without_pilots_or_other_pairs_there_is_no_verdict() -> None:
    runs = told(study(0.5, 0.9))
    assert default(runs[~runs["pilot"]]) == "No pilot pair has run, so nothing is chosen."
    assert default(runs[runs["pilot"]]).endswith("No other pair has run, so nothing is judged.")


@pytest.mark.parametrize("seed", range(20))
def test_by_chance_nothing_becomes_the_default(seed: int) -> None:
    """Ratios of one distribution, half and twice as many as likely, handed out to variants by chance."""
    rng = random.Random(seed)
    rows = [{**each, "evaluations": 100 * 2 ** rng.uniform(-0.5, 0.5)} for each in study(1, 1)]
    owns = [each["exponent"] for each in rows]
    rng.shuffle(owns)
    said = default(told([{**each, "exponent": own} for each, own in zip(rows, owns, strict=True)]))
    assert said.endswith("does not become the default.")


def test_a_table_has_starts_apart_and_together() -> None:
    """0.5 from the content and 2 from noise: 1 together."""
    table = ratios(told([row(0.5), row(2, init="uniform"), row(3, pair=0)]), ["runs", "start", "variant"])
    assert table.splitlines()[0] == "| runs | from | variant | pairs | loss at 100 |"
    assert table.splitlines()[2:] == [
        "| transfer | content | 0.5 | 1 | 0.5 |",
        "| transfer | noise | 0.5 | 1 | 2 |",
        "| transfer | both | 0.5 | 1 | 1 |",
    ]


def test_marks_are_columns_and_what_was_not_run_is_empty() -> None:
    rows = [row(0.5, mark=50), row(0.6, mark=100), row(0.7, 1, mark=50)]
    table = ratios(told(rows), ["start", "variant"]).splitlines()
    assert table[0] == "| from | variant | pairs | loss at 50 | loss at 100 |"
    assert "| content | 0.5 | 1 | 0.5 | 0.6 |" in table and "| content | 1 | 1 | 0.7 |  |" in table
    assert {mark: found.n for mark, found in by_mark(told(rows)).items()} == {50: 1, 100: 1}


@pytest.mark.parametrize(
    ("kind", "exponent", "name"),
    [
        ("none", math.nan, "none"),
        ("fourier", 0.5, "exponent 0.5"),
        ("fourier", 1.0, "exponent 1"),
        ("pyramid", 1.0, "pyramid, exponent 1"),
        ("adaptive", 0.5, "adaptive"),
    ],
)
def test_a_preconditioner_has_a_name(kind: str, exponent: float, name: str) -> None:
    assert preconditioner(pd.Series({"kind": kind, "exponent": exponent})) == name


def test_sizes_and_precisions_have_sections() -> None:
    runs = told([row(1), row(1, size=64, steps=90), row(1), row(1, precision="bf16")])
    assert by_size(runs, lambda mine: f"{len(mine)} of them").split("\n\n") == [
        *("### 64 pixels, 90 evaluations, fp32", "1 of them"),
        *("### 256 pixels, 150 evaluations, bf16", "1 of them"),
        *("### 256 pixels, 150 evaluations, fp32", "2 of them"),
    ]


def test_the_page_of_exponents_counts_textures_but_judges_transfers() -> None:
    texture = {"runs": "texture", "content": None, "init": "uniform"}
    found = tables(pd.DataFrame([*study(0.7, 0.9), row(9, 0.5, 0, **texture), row(9, 0.5, 3, **texture)]))
    assert "*exponent 0.5* becomes the default" in found["sections"]
    assert "| texture | noise | exponent 0.5 | 1 | 9 |" in found["sections"]
    assert (found["marks"], found["patience"], found["largest"], found["largest_high"]) == (
        *("50, 100, 200 and 300", "2", "0.8", "0.9"),
    )
    assert "No transfer has run" in tables(pd.DataFrame([row(9, 0.5, 3, **texture)]))["sections"]
