"""The command line of the write-up."""

from pathlib import Path

import pytest

from nst.errors import UserError
from nst.writeup.site.arguments import Asked, parse


def test_overrides_are_for_every_sweep() -> None:
    assert parse(["profile=quick", "size=64"]) == Asked(("profile=quick", "size=64"), Path("runs"))


def test_its_own_words_are_no_overrides() -> None:
    asked = parse(["plan=true", "--site-only", "runs_dir='~/a b'"])
    assert asked.plan and asked.site_only and asked.overrides == ("runs_dir='~/a b'",)
    assert asked.site == Path.home() / "a b" / "writeup"


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("sweep=sizes", "runs all of its sweeps"),
        ("+name=x", "a folder of its own"),
        ("output=a.png", "for a single run"),
        ("--site", "did you mean '--site-only'"),
        ("-m", "unknown"),
        ("quick", "must be KEY=VALUE"),
        ("plan=maybe", "must be true or false"),
    ],
)
def test_what_it_refuses(argument: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        parse([argument])
