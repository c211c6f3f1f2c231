"""The command line of the write-up; its sweeps and figures in its order."""

from pathlib import Path

import pytest

from nst.errors import UserError
from nst.sweep.files import sweep_files
from nst.writeup.site.arguments import (
    COMPANION,
    EVERY,
    FIGURES,
    SWEEPS,
    Asked,
    arguments,
    command,
    folder_name,
    number,
    parse,
)


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


def test_every_sweep_has_its_place() -> None:
    own = {name for name, file in sweep_files().items() if file.parent.name == "sweeps"}
    assert set(EVERY) == own and len(EVERY) == 12 and COMPANION not in SWEEPS


def test_figures_follow_the_sweeps() -> None:
    sweeps = [name.removesuffix("_crops").removesuffix("_steps") for name in FIGURES]
    assert list(dict.fromkeys(sweeps)) == [name for name in SWEEPS if name != "timing"]


def test_numbers_count_from_one() -> None:
    assert [number(name) for name in FIGURES] == list(range(1, len(FIGURES) + 1))


def test_the_folder_is_the_one_that_the_command_fills() -> None:
    overrides = ["picture_dirs=[~/a b]", "pictures.wally=coffee", "profile=quick", "runs_dir=/x"]
    assert folder_name("sizes", overrides) == "sizes-quick-wally=coffee"
    assert folder_name("sizes", overrides[::-1]) == "sizes-quick-wally=coffee"
    assert folder_name("sizes", []) == "sizes"


def test_what_is_timed_gets_no_workers() -> None:
    overrides = ["size=64", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"]
    assert arguments("timing", overrides) == ["sweep=timing", "size=64"]
    assert arguments("sizes", overrides) == ["sweep=sizes", *overrides]
    assert folder_name("timing", overrides) == "timing-size=64"
    assert folder_name("sizes", [*overrides, "+hydra.verbose=true"]) == "sizes-size=64"


def test_the_command() -> None:
    assert command("sizes", ["size=64"]) == ["-m", "nst.run", "sweep=sizes", "size=64"]
