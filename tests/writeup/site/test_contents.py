"""The write-up's sweeps and figures in its order, and the words that its command refuses."""

import pytest

from nst.errors import UserError
from nst.site.arguments import Asked, parse
from nst.sweep.files import sweep_files
from nst.writeup.site.contents import COMPANION, EVERY, FIGURES, SWEEPS, WRITEUP, number


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("sweep=sizes", "runs all of its sweeps"),
        ("+name=x", "a folder of its own"),
        ("output=a.png", "for a single run"),
    ],
)
def test_what_it_refuses(argument: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        parse([argument], WRITEUP)


def test_every_sweep_has_its_place() -> None:
    own = {name for name, file in sweep_files().items() if file.parent.name == "sweeps"}
    assert set(EVERY) == own and len(EVERY) == 12 and COMPANION not in SWEEPS


def test_figures_follow_the_sweeps() -> None:
    sweeps = [name.removesuffix("_crops").removesuffix("_steps") for name in FIGURES]
    assert list(dict.fromkeys(sweeps)) == [name for name in SWEEPS if name != "timing"]


def test_numbers_count_from_one() -> None:
    assert [number(name) for name in FIGURES] == list(range(1, len(FIGURES) + 1))


def test_what_is_timed_gets_no_workers() -> None:
    asked = Asked(WRITEUP, ("size=64", "hydra/launcher=joblib"))
    assert asked.arguments("timing") == ["sweep=timing", "size=64"]
