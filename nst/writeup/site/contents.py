"""The write-up's experiments in its order: sweeps, the commands that make them, and the numbers of the figures."""

from collections.abc import Sequence

from nst.sweep.hydra.argv import prepare
from nst.sweep.names import sweep_name

SWEEPS = (
    *("content_layers", "content_noises"),
    *("style_layers", "style_noises"),
    *("sizes", "weight_ratios", "grid_content", "grid_noise", "timing", "favourites"),
    "blending",
)
COMPANION = "claims"
"""The sweep with the replicates that the statements are tested on; last, so that it finds every run it can share."""
EVERY = (*SWEEPS, COMPANION)

FIGURES = (
    *("content_layers", "content_noises", "content_noises_crops"),
    *("style_layers", "style_noises", "style_noises_crops"),
    *("sizes", "sizes_crops", "weight_ratios", "grid_content", "grid_noise", "favourites"),
    *("blending_steps", "blending"),
)
"""In the order of the page; a figure keeps its number if others are missing."""


def number(name: str) -> int:
    """Return the number of a figure, from 1."""
    return FIGURES.index(name) + 1


def command(sweep: str, overrides: Sequence[str]) -> list[str]:
    """Return the command of a sweep, after the interpreter."""
    return ["-m", "nst.run", *arguments(sweep, overrides)]


def arguments(sweep: str, overrides: Sequence[str]) -> list[str]:
    """Return the arguments of `python -m nst.run` for one sweep; workers would spoil runs that are timed."""
    alone = sweep == "timing"
    return [f"sweep={sweep}", *(one for one in overrides if not (alone and is_hydras(one)))]


def folder_name(sweep: str, overrides: Sequence[str]) -> str:
    """Return the folder in `runs/sweeps` that a sweep fills."""
    given = [argument for argument in prepare(arguments(sweep, overrides)) if not argument.startswith("-")]
    return sweep_name(sweep, [argument for argument in given if not is_hydras(argument)], ())


def is_hydras(override: str) -> bool:
    """Return whether an override says how runs are launched, not what they are."""
    return override.lstrip("+~").startswith(("hydra/", "hydra."))
