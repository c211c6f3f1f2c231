"""The page about bf16: every placement of the sweeps, ratios by hand, runs kept and not made twice."""

from pathlib import Path
from statistics import mean

import pytest

import nst.bench.precision as precision
from nst.bench.precision import (
    PLACEMENTS,
    PRECISIONS,
    SEEDS,
    Row,
    final_loss,
    measure,
    page,
    read_rows,
    table,
    write_rows,
)
from nst.spec.resolve import resolve


def rows(ratio: float) -> list[Row]:
    """Losses 1, 2, 3, 4, 5 in fp32, and those times `ratio` in bf16."""
    place = (PLACEMENTS[0].title, PLACEMENTS[0].pictures, PLACEMENTS[0].layers, PLACEMENTS[0].start)
    return [
        Row(*place, kind, seed, (seed + 1) * (ratio if kind == "bf16" else 1), "a CPU")
        for kind in ("fp32", "bf16")
        for seed in SEEDS
    ]


def test_a_line_by_hand() -> None:
    """Mean 3, standard deviation of 1 to 5 is the root of 2.5: 52.7 %."""
    (line,) = table(rows(1.1)).splitlines()[2:]
    assert line == (
        "| transfer | chelsea + ihc | conv_1-5, conv_4 | content | 1.100 | 1.100 to 1.100 | 52.7 % | bf16 |"
    )


def test_nothing_measured_is_said() -> None:
    assert "Not measured yet." in page([])


def test_rows_come_back_from_their_file(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.csv", rows(1.25))
    assert read_rows(tmp_path / "rows.csv") == rows(1.25)


def test_only_missing_runs_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "PLACEMENTS", PLACEMENTS[:1])
    calls: list[tuple[int, str]] = []

    def fake(placement: object, seed: int, kind: str, *rest: object) -> float:
        calls.append((seed, kind))
        return 1.0

    monkeypatch.setattr(precision, "final_loss", fake)
    found = measure(rows(1.0)[:7], "cpu", 32, 2, tmp_path / "rows.csv")
    assert calls == [(2, "bf16"), (3, "bf16"), (4, "bf16")]
    assert len(found) == 10 and read_rows(tmp_path / "rows.csv") == found


@pytest.mark.parametrize("placement", PLACEMENTS, ids=lambda p: f"{p.title} {p.layers} {p.start}")
def test_every_placement_is_a_run(placement: precision.Placement) -> None:
    resolve(precision.spec_config(placement, 0, "fp32", "cpu", 64, 5))


def test_seeds_make_a_difference_from_the_content_too() -> None:
    losses = {final_loss(PLACEMENTS[0], seed, "fp32", "cpu", 32, 3) for seed in (0, 1, 1)}
    assert len(losses) == 2


@pytest.mark.slow
def test_transfers_in_bf16_end_where_those_in_float32_do() -> None:
    """Five seeds from the content and five from noise: within 1.5 %; either alone within 3 %, for runs are chaotic."""
    ratios = []
    for placement in (PLACEMENTS[0], PLACEMENTS[2]):
        full, half = (mean(final_loss(placement, seed, kind, "cpu", 64, 100) for seed in SEEDS) for kind in PRECISIONS)
        ratios.append(half / full)
        assert ratios[-1] == pytest.approx(1, abs=0.03)
    assert mean(ratios) == pytest.approx(1, abs=0.015)
