"""List the write-up's sweeps and figures, in order."""

from nst.site.arguments import Program

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

WRITEUP = Program(
    module="nst.writeup",
    title="write-up",
    folder="writeup",
    sweeps=EVERY,
    refused={
        "sweep": "the write-up runs all of its sweeps; for one: python -m nst.run sweep=NAME",
        "name": "every sweep of the write-up has a folder of its own",
        "output": "is for a single run; the pictures of the write-up are in its site",
    },
    timed=frozenset({"timing"}),
)


def number(name: str) -> int:
    """Return the number of a figure, from 1."""
    return FIGURES.index(name) + 1
