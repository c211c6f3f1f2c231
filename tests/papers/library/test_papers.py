"""Every paper: names, words, sweeps, pictures, and tests that decide nothing without runs."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sweep.command import new_process

from nst.papers.library import papers
from nst.papers.paper import Claim, Paper
from nst.papers.site.chosen import program
from nst.site.arguments import Asked, Program
from nst.site.run import plan_all
from nst.statements.pictures import JUDGED, PILOT
from nst.sweep.files import sweep_files

PAPERS = papers()
CLAIMS = [(paper, claim) for paper in PAPERS for claim in paper.claims]
SWEEPS = program(PAPERS).sweeps
PILOTS = {name for pair in PILOT for name in pair}
JUDGED_PICTURES = {name for pair in JUDGED for name in pair}
each_claim = pytest.mark.parametrize(("paper", "claim"), CLAIMS, ids=[f"{p.name}-{c.name}" for p, c in CLAIMS])


def test_names_are_unique() -> None:
    assert max(Counter(paper.name for paper in PAPERS).values()) == 1
    assert max(Counter((paper.name, claim.name) for paper, claim in CLAIMS).values()) == 1


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_a_paper_can_be_cited(paper: Paper) -> None:
    assert paper.name.isidentifier() and paper.title and paper.authors and paper.claims
    assert not paper.link or paper.link.startswith("https://")


@each_claim
def test_nothing_is_left_unsaid(paper: Paper, claim: Claim) -> None:
    assert all((claim.name, claim.varied, claim.words, claim.prediction))
    assert claim.place or claim.known == "ours"


@each_claim
def test_nothing_is_decided_without_runs(paper: Paper, claim: Claim) -> None:
    found = claim.test([])
    assert found and all((one.n, one.verdict) == (0, "undecided") for one in found)
    assert all(one.statistic and one.quote for one in found)


def test_claims_whose_replicates_are_repeats_get_all_of_them() -> None:
    """Their pictures are equal, of which others count one."""
    files = {name: file.read_text(encoding="utf-8") for name, file in sweep_files().items()}
    repeated = {claim.sweep for _, claim in CLAIMS if re.search(r"^ *repeat: \[", files[claim.sweep], re.MULTILINE)}
    assert repeated == {claim.sweep for _, claim in CLAIMS if claim.counts == "times"} != set()


@pytest.fixture
def fresh() -> Iterator[None]:
    with new_process():
        yield


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("sweep", SWEEPS)
def test_every_sweep_composes_with_pilot_and_judged_pictures_apart(sweep: str, tmp_path: Path) -> None:
    assert sweep in sweep_files()
    trial = Program("nst.papers", "papers", "papers", (sweep,), {})
    (found,) = plan_all(Asked(trial, ("profile=quick", f"runs_dir={tmp_path}"), tmp_path))
    for run in found.plan.runs:
        values = {**found.plan.constants, **run.values}
        names = {
            name.strip(" []")
            for key in ("content", "style")
            if values.get(key) is not None
            for name in str(values[key]).replace(" + ", ",").split(",")
        }
        assert names and (names <= PILOTS or names <= JUDGED_PICTURES), f"{run.label}: {names}"
