"""Split pictures in two: on pilot pictures a test is designed and its threshold set; on the others it is judged."""

import re
from collections.abc import Collection, Iterable

from nst.statements.runs import Run
from nst.store.guides import read_guides

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


def is_pilot(run: Run, pilots: Collection[str] = _PILOTS) -> bool:
    """Return whether one of a run's pictures is a pilot picture, or is stood in for by one."""
    return any(meant(name) in pilots for name in (run.content, *run.styles, *_further(run)))


def _further(run: Run) -> list[str]:
    """Return the pictures of further losses, and the styles of guides, `left: style + right: facets`."""
    losses = [str(value) for key, value in run.keys.items() if re.fullmatch(r"losses\.\w+\.picture", key) and value]
    return [*losses, *(guide.style for guide in read_guides(str(run.keys.get("guides") or "")))]


def meant(name: str) -> str:
    """Return the picture that a name stands for: `chelsea` for `wally (chelsea)`; without one, the name.

    A number in brackets is part of a name, as of the second download of a file.
    """
    ends = [at for at in range(len(name)) if name.startswith(" (", at) and name[at:].count("(") == name[at:].count(")")]
    found = name[ends[-1] + 2 : -1] if ends and name.endswith(")") else ""
    return name if found.isdigit() else found or name


def split(runs: Iterable[Run], pilots: Collection[str] = _PILOTS) -> tuple[list[Run], list[Run]]:
    """Return the runs of pilot pictures, and those that are judged."""
    found: tuple[list[Run], list[Run]] = ([], [])
    for run in runs:
        found[not is_pilot(run, pilots)].append(run)
    return found
