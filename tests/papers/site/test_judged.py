"""Claims tested on judged pictures; pilot pictures beside them."""

from dataclasses import replace
from pathlib import Path

import pytest
from report.conftest import Store, paint

from nst.papers.site.judged import Section, counts, judge, pictures
from nst.report.read.load import load
from nst.site.chapter import Chapter
from nst.statements.pictures import JUDGED
from nst.statements.runs import Run, finished
from papers.conftest import claim, fill, paper

MADE = Chapter("gatys2016_pooling", "", "not made yet")


def runs(store: Store) -> list[Run]:
    return finished(load("gatys2016_pooling", store.root))


def test_pilot_pictures_do_not_count(store: Store) -> None:
    """Six judged pairs with about 1.5 times the detail; the two pilot pairs have 3 times as much."""
    fill(store)
    ((one,),) = (judge(claim(), MADE, runs(store), True).tested,)
    found = one.box.finding
    assert (found.n, found.verdict) == (6, "holds") and found.effect == pytest.approx(1.5 * 1.01, rel=1e-3)
    assert one.pilot is not None and one.pilot.n == 2 and one.pilot.effect == pytest.approx(3, rel=0.02)
    assert one.trial.startswith("3.0") and one.trial.endswith("n = 2)")


def test_without_pilot_runs_there_is_no_effect_on_them(store: Store) -> None:
    fill(store, pairs=JUDGED)
    (one,) = judge(claim(), MADE, runs(store), True).tested
    assert (one.trial, one.box.finding.n) == ("", 6)


def test_without_runs_statistic_and_threshold_are_there() -> None:
    (one,) = judge(claim(), MADE, [], True).tested
    assert one.box.finding.n == 0 and "Holds above 1.1." in one.box.finding.statistic


def test_what_was_measured_in_a_few_words() -> None:
    (one,) = judge(claim(), MADE, [], True).tested
    assert one.measured == "Root mean square of the luma above a quarter of a cycle per pixel"
    long = "Share of 2.5 (omega squared, and so on) of local brightness, in blocks. Holds above 1."
    finding = replace(one.box.finding, statistic=long)
    assert replace(one, box=replace(one.box, finding=finding)).measured == "Share of 2.5 of local brightness"


def test_equal_pictures_count_once_equal_times_do_not(tmp_path: Path) -> None:
    image = paint(tmp_path / "a.png")
    repeats = [Run({"content": "a", "style": "b", "repeat": n}, {}, {"image": image}, "m") for n in range(3)]
    given: list[int] = []

    def test(runs: object) -> tuple[()]:
        given.append(len(runs))  # type: ignore[arg-type]
        return ()

    judge(claim(test=test), MADE, repeats, True)
    judge(claim(test=test, counts="times"), MADE, repeats, True)
    assert given == [1, 0, 3, 0]  # judged and pilot pictures, twice


def test_verdicts_are_counted(store: Store) -> None:
    fill(store)
    assert judge(claim(), MADE, runs(store), True).verdicts == (("not tested", "–"),)
    section = Section(paper(), (judge(claim(), MADE, [], True),))
    assert counts([section, section]) == (("not tested", "–", 2),)


def run(**keys: object) -> Run:
    return Run(keys, {}, {}, "m")


def test_pictures_in_words() -> None:
    """A texture of a style that is in no transfer; one that is in one is not told again."""
    texture = {"content_weight": 0, "content": None}
    judged = [
        run(style="mosaic", **texture),
        run(style="facets", **texture),
        run(content="rocket", style="facets"),
        run(content="rocket", style="facets", seed=1),
        run(content="cat", style="[facets, mine]"),
        run(content="dog", style=None),
    ]
    pilot = [run(content="chelsea", style="woodcut"), run(content="cat", style="woodcut")]
    assert pictures([*judged, *pilot]) == (
        ("chelsea in the style of woodcut", "cat in the style of woodcut"),
        ("rocket in the style of facets", "cat in the style of facets and mine", "mosaic", "dog"),
    )
