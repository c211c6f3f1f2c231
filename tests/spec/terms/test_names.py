"""Names of terms: a guide's has a number, and users may give any other that is free."""

import pytest

from nst.spec.check import term_key
from nst.spec.terms.names import guide_name, guide_number, is_guide, is_loss_name


def test_guides_are_told_by_their_number() -> None:
    assert guide_name(2) == "guide_2" and guide_number("guide_2") == 2 and guide_number("style") is None
    assert is_guide("guide_2") and is_guide("guide_10")
    assert not any(map(is_guide, ("guide_", "guide_me", "guide_2b", "my_guide_2", "style")))


@pytest.mark.parametrize("name", ["deep", "guide_me", "styles", "tv2", "x"])
def test_free_names(name: str) -> None:
    assert is_loss_name(name)


@pytest.mark.parametrize(
    "name", ["style", "total", "init", "guide_1", "guide_7", "guide_2b", "Deep", "2nd", "_x", "a-b", ""]
)
def test_taken_and_malformed_names(name: str) -> None:
    assert not is_loss_name(name)


def test_a_further_loss_whose_name_begins_as_a_guides_has_its_own_keys() -> None:
    assert term_key("guide_1", "weight") == "style_weight"
    assert term_key("guide_me", "weight") == "losses.guide_me.weight"
