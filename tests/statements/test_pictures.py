"""Pilot pictures and those that are judged never mix."""

from nst.pictures.find import BUILTIN_NAMES
from nst.statements.estimate import MINIMUM
from nst.statements.pictures import JUDGED, PILOT, meant, split
from nst.statements.runs import finished

from .conftest import Rows


def test_no_picture_is_in_two_pairs() -> None:
    names = [name for pair in (*PILOT, *JUDGED) for name in pair]
    assert len(set(names)) == len(names) and len(JUDGED) >= MINIMUM


def test_every_picture_is_built_in() -> None:
    assert {name for pair in (*PILOT, *JUDGED) for name in pair} <= set(BUILTIN_NAMES)


def test_a_run_with_any_pilot_picture_is_not_judged(rows: Rows) -> None:
    for content, style in (("chelsea", "nocturne"), ("rocket", "[facets, woodcut]"), ("rocket", "facets")):
        rows.add(content=content, style=style)
    pilot, judged = split(finished(rows.frame))
    assert [run.content for run in pilot] == ["chelsea", "rocket"] and [run.style for run in judged] == ["facets"]


def test_pilot_pictures_of_guides_and_of_further_losses_count(rows: Rows) -> None:
    about = {"content": "rocket", "style": "facets"}
    for guides, second in (
        ("left: style + right: woodcut", None),
        ("left: style + right: woodcut (its top) x 2", None),
        ("left: style + right: mosaic", None),
        (None, "wally (chelsea)"),
        (None, "mosaic"),
        (None, None),
    ):
        rows.add(**about, guides=guides, **{"losses.second.picture": second})
    pilot, judged = split(finished(rows.frame))
    assert [run.keys["guides"] or run.keys["losses.second.picture"] for run in pilot] == [
        "left: style + right: woodcut",
        "left: style + right: woodcut (its top) x 2",
        "wally (chelsea)",
    ]
    assert len(judged) == 3


def test_a_stand_in_counts_as_itself(rows: Rows) -> None:
    rows.add(content="wally (chelsea)", style="picasso (facets)")
    assert len(split(finished(rows.frame))[0]) == 1 and not split(finished(rows.frame), ["mosaic"])[0]
    assert [meant(name) for name in ("wally (chelsea)", "a (b) (c)", "rocket")] == ["chelsea", "c", "rocket"]
    names = ("wally (wally (1).jpg)", "wally (cat (2))", "photo (1)", "photo (1).jpg", "smile :)")
    assert [meant(name) for name in names] == ["wally (1).jpg", "cat (2)", *names[2:]]
