"""List the write-up's sweeps and figures in order, and parse the arguments of its command and of its sweeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nst.errors import UserError, did_you_mean
from nst.sweep.hydra.argv import given, prepare
from nst.sweep.names import sweep_name

SWEEPS = (
    *("content_layers", "content_noises"),
    *("style_layers", "style_noises"),
    *("sizes", "weight_ratios", "grid_content", "grid_noise", "timing", "favourites"),
    "blending",
)
COMPANION = "claims"
"""The sweep with the replicates for testing the statements; last, so that it can share all other runs."""
EVERY = (*SWEEPS, COMPANION)

FIGURES = (
    *("content_layers", "content_noises", "content_noises_crops"),
    *("style_layers", "style_noises", "style_noises_crops"),
    *("sizes", "sizes_crops", "weight_ratios", "grid_content", "grid_noise", "favourites"),
    *("blending_steps", "blending"),
)
"""Figures in the order of the page; a figure keeps its number if others are missing."""

SITE_ONLY = "--site-only"
HELP = ("-h", "--help")
REFUSED = {
    "sweep": "the write-up runs all of its sweeps; for one: python -m nst.run sweep=NAME",
    "name": "every sweep of the write-up has a folder of its own",
    "output": "is for a single run; the pictures of the write-up are in its site",
}


@dataclass(frozen=True)
class Asked:
    """A command line: `overrides` go to every sweep, `plan` only estimates the time, `site_only` runs nothing."""

    overrides: tuple[str, ...] = ()
    runs_dir: Path = Path("runs")
    plan: bool = False
    site_only: bool = False

    @property
    def site(self) -> Path:
        return self.runs_dir / "writeup"


def parse(arguments: Sequence[str]) -> Asked:
    """Parse the command line; raise `UserError` for arguments that the write-up's sweeps cannot take."""
    flags = [argument for argument in arguments if argument.startswith("-")]
    for flag in flags:
        if flag != SITE_ONLY:
            raise UserError(f"{flag}: unknown{did_you_mean(flag, (SITE_ONLY, '--help'))}")
    overrides = [argument for argument in arguments if argument not in flags]
    for override in overrides:
        if "=" not in override and not override.startswith("~"):
            raise UserError(f"{override}: must be KEY=VALUE, as for python -m nst.run")
        if _key(override) in REFUSED:
            raise UserError(f"{override}: {REFUSED[_key(override)]}")
    plan = given(overrides, "plan")[-1:] or ["false"]
    if plan[0].lower() not in ("true", "false"):
        raise UserError(f"plan={plan[0]}: must be true or false")
    folder = (given(overrides, "runs_dir")[-1:] or ["runs"])[0].strip("'\"")
    rest = tuple(override for override in overrides if _key(override) != "plan")
    return Asked(rest, Path(folder).expanduser(), plan[0].lower() == "true", bool(flags))


def _key(override: str) -> str:
    return override.lstrip("+~").partition("=")[0]


def number(name: str) -> int:
    """Return the number of a figure, from 1."""
    return FIGURES.index(name) + 1


def command(sweep: str, overrides: Sequence[str]) -> list[str]:
    """Return the command of a sweep, after the interpreter."""
    return ["-m", "nst.run", *arguments(sweep, overrides)]


def arguments(sweep: str, overrides: Sequence[str]) -> list[str]:
    """Return the arguments of `python -m nst.run` for one sweep; workers would distort timed runs."""
    alone = sweep == "timing"
    return [f"sweep={sweep}", *(one for one in overrides if not (alone and is_hydras(one)))]


def folder_name(sweep: str, overrides: Sequence[str]) -> str:
    """Return the folder in `runs/sweeps` that a sweep fills."""
    return sweep_name(sweep, [one for one in hydra_overrides(sweep, overrides) if not is_hydras(one)], ())


def hydra_overrides(sweep: str, overrides: Sequence[str]) -> list[str]:
    """Return the overrides of a sweep as `nst.run` passes them to Hydra."""
    return [argument for argument in prepare(arguments(sweep, overrides)) if not argument.startswith("-")]


def is_hydras(override: str) -> bool:
    """Return whether an override concerns how runs are launched, not the runs themselves."""
    return override.lstrip("+~").startswith(("hydra/", "hydra."))
