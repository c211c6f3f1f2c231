"""Sweeps and figures in the write-up's order."""

from nst.sweep.files import sweep_files
from nst.writeup.site.contents import COMPANION, EVERY, FIGURES, SWEEPS, arguments, command, folder_name, number


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
