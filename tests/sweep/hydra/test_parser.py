"""Hydra's parser takes its own help through the check that argparse makes since Python 3.14."""

import argparse

import pytest
from hydra._internal.utils import get_args_parser as get_hydras_own

from nst.sweep.hydra.parser import Parser, get_args_parser


def check_as_3_14_does(self: argparse.ArgumentParser, action: argparse.Action) -> None:
    try:
        if "%" in (action.help or ""):
            raise KeyError("unknown name")
    except (KeyError, TypeError) as error:
        raise ValueError("badly formed help string") from error


@pytest.fixture(autouse=True)
def _python_3_14(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argparse.ArgumentParser, "_check_help", check_as_3_14_does, raising=False)


def test_it_is_the_parser_of_hydra_itself() -> None:
    assert type(get_args_parser()) is type(get_hydras_own()) is Parser


def test_help_that_is_formatted_when_shown_is_accepted() -> None:
    parser = get_args_parser()
    (completion,) = (action for action in parser._actions if "-sc" in action.option_strings)
    assert not isinstance(completion.help, str) and "shell completion" in str(completion.help)
    for action in parser._actions:
        parser._check_help(action)  # type: ignore[attr-defined]


def test_text_is_still_checked() -> None:
    action = argparse.Action(["--share"], "share", help="in %")
    with pytest.raises(ValueError, match="badly formed"):
        Parser(add_help=False)._check_help(action)
