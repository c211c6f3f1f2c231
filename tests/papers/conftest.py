"""Papers made for the tests, and a small store with the runs of their sweep."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from report.conftest import Store, store
from writeup.conftest import undrawn

from nst.papers import library
from nst.papers.library.gatys2016 import pooling
from nst.papers.paper import Claim, Paper
from nst.statements.pictures import JUDGED, PILOT

__all__ = ["store", "undrawn"]

PAIRS = (*PILOT, *JUDGED)
Pairs = Sequence[tuple[str, str]]
Give = Callable[..., tuple[Paper, ...]]


def claim(name: str = "pooling", **changes: Any) -> Claim:
    """A claim about pooling that was read in a paper."""
    values: dict[str, Any] = {
        **{
            "sweep": "gatys2016_pooling",
            "varied": "pooling: max, average",
            "words": f"About {name}.",
            "known": "paper",
        },
        **{"place": "Section 2", "prediction": "More with max pooling.", "test": pooling, **changes},
    }
    return Claim(name=name, **values)


def paper(name: str = "gatys2016", *claims: Claim, **changes: Any) -> Paper:
    """A paper with these claims, or one."""
    values: dict[str, Any] = {
        **{"title": "A Title", "authors": "Gatys", "year": 2016, "venue": "CVPR", "link": "https://example.org/paper"},
        **{"note": "Smaller pictures.", "claims": claims or (claim(),), **changes},
    }
    return Paper(name=name, **values)


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Give:
    """Put these papers in the place of the library's."""

    def give(*papers: Paper) -> tuple[Paper, ...]:
        monkeypatch.setattr(library, "papers", lambda: papers)
        return papers

    return give


def fill(store: Store, factor: float = 1.5, pairs: Pairs = PAIRS) -> list[dict[str, Any]]:
    """Finished runs about pooling: with max pooling, `factor` times the fine detail, and of pilots twice that."""
    axes = {"content": [], "style": [], "pooling": []}
    rows = [(*pair, pooling) for pair in pairs for pooling in ("max", "avg")]
    jobs = store.sweep(claim().sweep, axes, pairs=rows)
    for job in jobs:
        values = job["values"]
        shown = (values["content"], values["style"])
        more = factor * (2 if shown in PILOT else 1) if values["pooling"] == "max" else 1
        inputs = {"content": store.input(f"c{shown[0]}"), "style": store.input(f"s{shown[1]}")}
        spread = 1 + 0.01 * (list(pairs).index(shown) % 3)
        store.done(job, (24, 24), inputs=inputs, fine_detail_levels=4.0 * more * (spread if more != 1 else 1))
    return jobs
