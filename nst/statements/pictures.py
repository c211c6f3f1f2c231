"""Split pictures in two: on pilot pictures a test is designed and its threshold set; on the others it is judged."""

from collections.abc import Iterable

from nst.statements.runs import Run

PILOT = (("chelsea", "woodcut"), ("coffee", "pointillism"))
"""Built-in contents and styles, in pairs, on which tests are designed; no verdict counts them."""
JUDGED = (
    ("astronaut", "nocturne"),
    ("rocket", "facets"),
    ("motorcycle", "mosaic"),
    ("china", "stained_glass"),
    ("flower", "ink_wash"),
    ("grace_hopper", "impasto"),
)
"""Built-in contents and styles, in pairs, on which verdicts are given; no picture is in two pairs."""
_PILOTS = frozenset(name for pair in PILOT for name in pair)


def is_pilot(run: Run) -> bool:
    """Return whether one of a run's pictures is a pilot picture."""
    return run.content in _PILOTS or any(style in _PILOTS for style in run.styles)


def split(runs: Iterable[Run]) -> tuple[list[Run], list[Run]]:
    """Return the runs of pilot pictures, and those that are judged."""
    found: tuple[list[Run], list[Run]] = ([], [])
    for run in runs:
        found[not is_pilot(run)].append(run)
    return found
