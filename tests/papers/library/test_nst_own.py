"""Our own questions: the spread over pairs with balance, and two styles in one loss or two, on known answers."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from nst.papers.library.nst_own import PAPER, balance, deviations, two_styles
from nst.statements.runs import finished
from nst.statements.statement import Finding
from nst.sweep.files import sweep_files
from tests.statements.conftest import Rows, grey, rows

__all__ = ["rows"]


def balanced(rows: Rows, none: Sequence[float], total: Sequence[float]) -> tuple[Finding, ...]:
    """Content lost without balance and with each kind, for each pair."""
    for place, lost in enumerate(zip(none, total, total, strict=True)):
        for kind, one in zip(("none", "total", "layers"), lost, strict=True):
            weight = 1000.0 if kind == "none" else 1e6
            keys = {"content": f"c{place}", "style": f"s{place}", "balance": kind, "style_weight": weight}
            rows.add(**keys, content_fidelity=1 - one)
    return balance(finished(rows.frame))


WIDE = [0.1 * 2**n for n in (-1, 1, -1.1, 1.1, -0.9, 0.9)]
NARROW = [0.3 * 1.1**n for n in (-1, 1, -1.1, 1.1, -0.9, 0.9)]


def test_a_balance_that_brings_pairs_together(rows: Rows) -> None:
    """Factors of 2 from the mean without, of 1.1 with: their ratio, whatever the mean itself."""
    for found in balanced(rows, WIDE, NARROW):
        assert (found.verdict, found.n) == ("holds", 6) and found.effect == pytest.approx(2 / 1.1)
        assert found.quote == PAPER.claims[0].words and "balance=" in found.statistic


def test_a_balance_that_drives_them_apart(rows: Rows) -> None:
    assert {found.verdict for found in balanced(rows, NARROW, WIDE)} == {"does not hold"}


def test_another_level_alone_is_no_balance(rows: Rows) -> None:
    """Everything lost three times as much: the factors stay."""
    found = balanced(rows, NARROW, [3 * one * own for one, own in zip(NARROW, (1, 1.01) * 3, strict=True)])[0]
    assert found.effect == pytest.approx(1, abs=0.02) and found.verdict == "does not hold"


def test_deviations() -> None:
    assert deviations([1, 2, 6]) == [2, 1, 3] and deviations([]) == []


def styled(rows: Rows, differences: Sequence[float]) -> Finding:
    """Pictures of one loss and of two that differ by so many levels, for each content."""
    for place, levels in enumerate(differences):
        rows.add(content=f"c{place}", style="a + b", image=grey(100))
        rows.add(content=f"c{place}", style="a", image=grey(100 + levels))
    return two_styles(finished(rows.frame))[0]


def test_the_same_pictures(rows: Rows) -> None:
    """Equal to the bit: there is no spread, and yet nothing to doubt."""
    found = styled(rows, [0] * 5)
    assert (found.verdict, found.effect, found.n, found.unit) == ("holds", 0, 5, "levels")


def test_other_pictures(rows: Rows) -> None:
    found = styled(rows, [2, 3, 4, 5, 6])
    assert (found.verdict, found.effect) == ("does not hold", 4)


@pytest.mark.parametrize("differences", [[0, 0, 0, 0, 3], [0, 0, 0, 0]])
def test_now_so_now_otherwise_or_too_few(differences: list[float], rows: Rows) -> None:
    assert styled(rows, differences).verdict == "undecided"


def test_nothing_to_tell_it_from() -> None:
    found = [finding for claim in PAPER.claims for finding in claim.test([])]
    assert [(one.n, one.verdict) for one in found] == [(0, "undecided")] * 3
    assert {claim.sweep for claim in PAPER.claims} <= sweep_files().keys()


def test_few_verdicts_on_balance_by_chance(rows: Rows) -> None:
    """Losses of content that are dealt to kinds of balance at random."""
    verdicts = []
    for trial in range(100):
        rng, rows.rows[:] = np.random.default_rng(trial), []
        for place in range(6):
            for kind in ("none", "total", "layers"):
                row = {"state": "done", "machine": "m", "content": f"c{place}", "style": f"s{place}", "balance": kind}
                rows.rows.append(row | {"content_fidelity": 1 - math.exp(rng.normal(-4, 1))})
        verdicts += [finding.verdict for finding in balance(finished(rows.frame))]
    assert verdicts.count("holds") < 0.075 * len(verdicts) and verdicts.count("does not hold") < 0.1 * len(verdicts)
