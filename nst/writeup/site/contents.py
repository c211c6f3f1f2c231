"""The write-up's experiments in its order: the sweep behind each, and the number of each figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True)
class Slot:
    """A place for a figure: which sweep fills it, and with which of its drawings."""

    name: str
    sweep: str
    kind: Literal["grid", "crops", "steps"] = "grid"


FIGURES = (
    Slot("content_layers", "content_layers"),
    Slot("content_noises", "content_noises"),
    Slot("content_noises_crops", "content_noises", "crops"),
    Slot("style_layers", "style_layers"),
    Slot("style_noises", "style_noises"),
    Slot("style_noises_crops", "style_noises", "crops"),
    Slot("sizes", "sizes"),
    Slot("sizes_crops", "sizes", "crops"),
    Slot("weight_ratios", "weight_ratios"),
    Slot("grid_content", "grid_content"),
    Slot("grid_noise", "grid_noise"),
    Slot("favourites", "favourites"),
    Slot("blending_steps", "blending", "steps"),
    Slot("blending", "blending"),
)
"""In the order of the page; a figure keeps its number if others are missing."""


def number(name: str) -> int:
    """Return the number of a figure, from 1."""
    return [slot.name for slot in FIGURES].index(name) + 1


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
