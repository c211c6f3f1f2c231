"""The command line of a program of several sweeps."""

from pathlib import Path

import pytest

from nst.errors import UserError
from nst.site.arguments import Asked, Program, parse

PROGRAM = Program(
    module="nst.trial",
    title="trial",
    folder="trial",
    sweeps=("sizes", "timing"),
    refused={"name": "each has its own"},
    timed=frozenset({"timing"}),
    flags=("--list",),
)


def test_overrides_are_for_every_sweep() -> None:
    assert parse(["profile=quick", "size=64"], PROGRAM) == Asked(PROGRAM, ("profile=quick", "size=64"), Path("runs"))


def test_its_own_words_are_no_overrides() -> None:
    asked = parse(["plan=true", "--site-only", "runs_dir='~/a b'"], PROGRAM)
    assert asked.plan and asked.site_only and asked.overrides == ("runs_dir='~/a b'",)
    assert asked.site == Path.home() / "a b" / "trial"


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("+name=x", "each has its own"),
        ("--site", "did you mean '--site-only'"),
        ("--lits", "did you mean '--list'"),
        ("-m", "unknown"),
        ("quick", "must be KEY=VALUE"),
        ("plan=maybe", "must be true or false"),
        ("runs_dir=~no one/runs", "runs_dir=~no one/runs: '~no one' is no folder here"),
    ],
)
def test_what_it_refuses(argument: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        parse([argument], PROGRAM)


def test_the_folder_is_the_one_that_the_command_fills() -> None:
    overrides = ("picture_dirs=[~/a b]", "pictures.wally=coffee", "profile=quick", "runs_dir=/x")
    assert Asked(PROGRAM, overrides).folder_name("sizes") == "sizes-quick-pictures.wally=coffee"
    assert Asked(PROGRAM, overrides[::-1]).folder_name("sizes") == "sizes-quick-pictures.wally=coffee"
    assert Asked(PROGRAM).folder_name("sizes") == "sizes"


def test_what_is_timed_gets_no_workers() -> None:
    overrides = ("size=64", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2")
    asked = Asked(PROGRAM, overrides)
    assert asked.arguments("timing") == ["sweep=timing", "size=64"]
    assert asked.arguments("sizes") == ["sweep=sizes", *overrides]
    assert asked.folder_name("timing") == "timing-size=64"
    assert Asked(PROGRAM, (*overrides, "+hydra.verbose=true")).folder_name("sizes") == "sizes-size=64"


def test_the_command() -> None:
    assert Asked(PROGRAM, ("size=64",)).command("sizes") == ["-m", "nst.run", "sweep=sizes", "size=64"]


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ((), "full"),
        (("profile=quick", "pictures=writeup", "runs_dir=/x", "hydra/launcher=joblib"), "quick"),
        (("profile=quick", "size=32", "steps=2"), "quick, size=32 steps=2"),
    ],
)
def test_the_profile_says_what_was_asked_of_all_runs(overrides: tuple[str, ...], said: str) -> None:
    assert Asked(PROGRAM, overrides).profile == said
