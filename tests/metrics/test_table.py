"""The table of measures: every one has a name of its own that is nobody else's, and losses that exist."""

import re

import pytest

from nst import losses
from nst.metrics.table import MEASURES, RULER, VERSION, Measure


@pytest.mark.parametrize("one", MEASURES, ids=lambda one: one.name)
def test_every_measure_is_described(one: Measure) -> None:
    assert re.fullmatch(r"[a-z][a-z_]*", one.name) and one.title and one.source
    assert set(one.own) <= set(losses.names())
    assert one.heading.endswith(f" ({one.unit})" if one.unit else one.title)


def test_none_has_the_name_of_another_definition() -> None:
    words = " ".join(f"{one.name} {one.title}" for one in MEASURES).lower()
    assert not re.search(r"sifid|lpips|\bfid\b|artfid|dists", words)


def test_some_measure_of_the_style_is_no_losss_own() -> None:
    assert [one.name for one in MEASURES if one.of == "style" and not one.own] == [
        "global_effects_colours",
        "colour_distance_style",
        "spectrum_distance_style",
    ]


def test_the_definitions_are_pinned() -> None:
    assert VERSION == 2 and re.fullmatch("[0-9a-f]{64}", RULER)
