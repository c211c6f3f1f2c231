"""A wrong command line is one line, and names the nearest flag."""

import argparse

import pytest

from nst.cli import parse
from nst.errors import UserError


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    made.add_argument("--size", type=int)
    made.add_argument("--format", choices=("png", "csv"))
    return made


def test_what_is_right_is_parsed() -> None:
    assert parse(parser(), ["--size", "3", "--format=png"]) == argparse.Namespace(size=3, format="png")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--sise=3"], "--sise: no such flag; did you mean '--size'?"),
        (["--siz", "3"], "--siz: no such flag; did you mean '--size'?"),
        (["--xyz"], "--xyz: no such flag; choose from --help, --size, --format"),
        (["png"], "'png' is not a flag; --help shows them"),
        (["--size", "big"], "argument --size: invalid int value: 'big'"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError) as caught:
        parse(parser(), arguments)
    assert str(caught.value) == line and capsys.readouterr() == ("", "")
