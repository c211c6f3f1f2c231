import pytest

from nst.errors import UserError
from nst.paths import exists, user_path


def test_a_path_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert str(user_path("output", "~/a b.png")) == "/home/me/a b.png"
    assert str(user_path("output", "a~b.png")) == "a~b.png"


def test_a_user_without_a_home_is_one_line() -> None:
    with pytest.raises(UserError, match="^weights=~no such user/vgg.pth: '~no such user' is no folder here"):
        user_path("weights", "~no such user/vgg.pth")


def test_names_that_can_be_none_are_not_there() -> None:
    assert exists("~") and not exists("~no such user/a") and not exists("a" * 5000) and not exists("a\0b")
