"""Styles in words, from the values of a plan."""

import pytest

from nst.store.plan import Value
from nst.store.styles import mixed, style_names


@pytest.mark.parametrize(
    ("styles", "shares", "said", "always", "names"),
    [
        ("a", None, "a", "a", ["a"]),
        ("a + b", None, "a + b", "0.5 a + 0.5 b", ["a", "b"]),
        ("a + b", "0.7, 0.3", "0.7 a + 0.3 b", "0.7 a + 0.3 b", ["a", "b"]),
        ("a + b", "0.5, 0.5", "a + b", "0.5 a + 0.5 b", ["a", "b"]),
        ("a + b", "0, 1", "b", "b", ["b"]),
        ("a + b", "0.2, 0.3, 0.5", "a + b", "a + b", ["a + b"]),
    ],
)
def test_styles_with_their_shares(styles: str, shares: str | None, said: str, always: str, names: list[str]) -> None:
    values: dict[str, Value] = {"style": styles, "style_shares": shares}
    assert (mixed(values), mixed(values, always=True), style_names(values)) == (said, always, names)


def test_no_style() -> None:
    assert mixed({"style": None, "style_shares": "0.7, 0.3"}) is None and style_names({}) == []
