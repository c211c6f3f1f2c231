"""Inputs by name: the key that each belongs to, and what it is called."""

import pytest

from nst.report.read.inputs import input_name, is_mask_name, picture_key, takes_style

VALUES = {
    **{"content": "wally", "style": "ihc", "content_mask": "not sky", "freeze": "top", "losses.deep.mask": "left"},
    "guides": "left: picasso + right: style + not sky: birth of venus (its top) x 2e-05",
}


@pytest.mark.parametrize(
    ("name", "key", "called"),
    [
        ("content", "content", "wally"),
        ("style", "style", "ihc"),
        ("deep[2]", "losses.deep.picture", "deep[2]"),
        ("deep.mask", "losses.deep.mask", "left"),
        ("content.mask", "content_mask", "not sky"),
        ("freeze", "freeze", "top"),
        ("style.mask", "guides", "the rest"),
        ("guide_1", "guides", "picasso"),
        ("guide_1.mask", "guides", "left"),
        ("guide_2", "guides", "ihc"),
        ("guide_2.mask", "guides", "right"),
        ("guide_3", "guides", "birth of venus"),
        ("guide_3.mask", "guides", "not sky"),
        ("guide_3.style_mask", "guides", "top"),
    ],
)
def test_each_has_a_key_and_a_name(name: str, key: str, called: str) -> None:
    assert (picture_key(name), input_name(name, VALUES)) == (key, called)
    assert is_mask_name(name) == ("mask" in name or name == "freeze")


def test_the_style_is_taken_by_what_names_no_picture_of_its_own() -> None:
    """As the second guide and a further loss without a picture; never by a mask."""
    taking = [
        name for name in ("content", "deep", "deep.mask", "guide_1", "guide_2", "guide_3") if takes_style(name, VALUES)
    ]
    assert taking == ["deep", "guide_2"]
    assert not takes_style("deep", {"losses.deep.picture": "coffee"}) and not takes_style("freeze", {})


def test_a_name_may_have_a_line_break() -> None:
    assert input_name("guide_1", {"guides": "left: a\nb (its top) x 2"}) == "a\nb"


def test_a_label_that_is_none_of_ours_is_shown_as_it_is() -> None:
    assert input_name("guide_4", VALUES) == VALUES["guides"]
    assert input_name("guide_1", {"guides": "sky"}) == ""
