"""Values of a configuration, converted to the type of a default or to paths."""

from typing import Any

import pytest

from nst.errors import UserError
from nst.typed_values import exists, like, number, plain, user_path


@pytest.mark.parametrize(
    ("default", "value", "expected"), [(2.0, 3, 3.0), (2, 3.0, 3), (True, False, False), ("a", 3, "3"), (2.0, "3", 3.0)]
)
def test_a_value_takes_the_type_of_its_default(default: Any, value: Any, expected: Any) -> None:
    found = like(default, value, "k")
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize(
    ("default", "value", "kind"),
    [(2.0, True, "a number"), (2.0, float("inf"), "a finite number"), (2, 2.5, "a whole number")]
    + [(False, 1, "true or false"), ("a", [1], "text"), ("a", {"b": 1}, "text")]
    + [(2.0, None, "a number"), ("a", None, "text")],
)
def test_another_type_is_one_line(default: Any, value: Any, kind: str) -> None:
    with pytest.raises(UserError, match=f"must be {kind}$"):
        like(default, value, "k")


@pytest.mark.parametrize("value", [True, None, "x", float("nan"), [1]])
def test_a_number_is_finite(value: Any) -> None:
    assert number("2", "k") == 2.0
    with pytest.raises(UserError, match="^k=.*: must be a (finite )?number$"):
        number(value, "k")


def test_lists_can_be_signed_as_tuples() -> None:
    assert plain([1, ["a", None]], "k") == (1, ("a", None))
    for value in ({"a": 1}, [float("nan")]):
        with pytest.raises(UserError, match="^k=.*: must be a finite number, a text or a list of them$"):
            plain(value, "k")


def test_a_path_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert str(user_path("output", "~/a b.png")) == "/home/me/a b.png"
    assert str(user_path("output", "a~b.png")) == "a~b.png"


def test_a_user_without_a_home_is_one_line() -> None:
    with pytest.raises(UserError, match="^weights=~no such user/vgg.pth: '~no such user' is no folder here"):
        user_path("weights", "~no such user/vgg.pth")


def test_names_that_can_be_none_are_not_there() -> None:
    assert exists("~") and not exists("~no such user/a") and not exists("a" * 5000) and not exists("a\0b")
