"""Evaluations to the losses of the base, from synthetic traces worked out by hand."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nst
from docs.make.studies.reach import ReachStudy, is_plain, rows
from nst.errors import UserError
from nst.statements.runs import Run

Make = Callable[..., Run]
"""Makes a run whose loss is 1000 * 0.98^(speed * evaluation)."""


def fall(speed: float, steps: int, before: int = 0) -> list[tuple[int, float]]:
    return [(before + e, 1000 * 0.98 ** (speed * e)) for e in range(1, steps + 1)]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    def make(
        speed: float, exponent: float | None = None, steps: int = 200, lines: list[str] | None = None, **keys: Any
    ) -> Run:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.csv"
        heads = "evaluation,seconds,size,total_loss" if lines else "evaluation,seconds,total_loss"
        lines = lines or [f"{e},{e},{loss!r}" for e, loss in fall(speed, steps)]
        path.write_text("\n".join([heads, *lines]))
        place = {
            "content": "astronaut",
            "style": "nocturne",
            "init": "content",
            "size": 64,
            "steps": steps,
            "precision": "fp32",
        }
        own = {"kind": "none" if exponent is None else "fourier", "exponent": exponent, "sizes": "", "each": None}
        own |= {"first": 0.05, "cap": 0.05}
        return Run({**place, **own, **keys}, {}, {"trace": path}, "a toaster")

    return make


def found(*runs: Run) -> pd.DataFrame:
    return pd.DataFrame(list(rows(runs)))


def test_twice_as_fast_takes_half_the_evaluations(made: Make) -> None:
    """The loss at 50 is 1000 * 0.98^50, which twice the speed has at 25; likewise at 100 and 200. None at 300."""
    table = found(made(1), made(2, 0.5))
    assert table["mark"].tolist() == table["base"].tolist() == [50, 100, 200]
    assert table["evaluations"].tolist() == pytest.approx([25, 50, 100])
    assert table["loss"].tolist() == pytest.approx([1000 * 0.98**mark for mark in (50, 100, 200)])
    assert set(table["kind"]) == {"fourier"} and set(table["exponent"]) == {0.5} and not table["pilot"].any()


def test_half_as_fast_takes_twice_as_many_and_never_gets_as_far(made: Make) -> None:
    """Within 200 evaluations it has the losses at 50 and 100, not that at 200."""
    table = found(made(1), made(0.5, 1.0))
    assert table["evaluations"].tolist()[:2] == pytest.approx([100, 200]) and math.isnan(table["evaluations"][2])
    assert table["spent"].tolist() == [200] * 3


def test_a_speed_between_is_interpolated(made: Make) -> None:
    """1.6 times as fast: 50 / 1.6 is 31.25, between two evaluations."""
    assert found(made(1), made(1.6, 1.0))["evaluations"][0] == pytest.approx(31.25)


def test_an_equal_run_takes_as_many(made: Make) -> None:
    table = found(made(1), made(1, 1.0))
    assert table["evaluations"].tolist() == pytest.approx([50, 100, 200])


def test_the_base_counts_from_where_it_first_had_the_loss(made: Make) -> None:
    """Its least loss up to 50, 4, is that of evaluation 2; the other run has it at once."""
    lines = ["1,1,64,9", "2,2,64,4", *(f"{e},{e},64,8" for e in range(3, 51))]
    table = found(made(0, lines=lines), made(0, 1.0, lines=["1,1,64,4", "60,60,64,4"]))
    assert table[["mark", "loss", "base", "evaluations"]].values.tolist() == [[50, 4, 2, 1]]


def test_evaluations_at_half_the_size_count_as_a_quarter(made: Make) -> None:
    """40 at 32 of 64 pixels are 10, then 20 at 64: the loss at 50 is that of the fifth of these, so it costs 15.

    At 32 pixels the loss is lower than it ever gets, which does not count.
    """
    coarse = [f"{e},{e},32,1e-9" for e in range(1, 41)]
    fine = [f"{e},{e},64,{loss!r}" for e, loss in fall(10, 20, before=40)]
    table = found(made(1), made(0, lines=[*coarse, *fine], sizes="32+64", each=40))
    assert table["evaluations"].tolist() == pytest.approx([15, 20, 30])
    assert table.loc[0, ["kind", "sizes", "each", "spent"]].tolist() == ["none", "32+64", 40, 30]
    assert math.isnan(table["exponent"].astype(float)[0])


def test_runs_are_compared_with_the_base_of_their_own_pictures_start_and_size(made: Make) -> None:
    """From noise the base is half as fast, so that the other run has its losses four times as soon."""
    noise = {"init": "noise"}
    table = found(made(1), made(2, 0.5), made(0.5, **noise), made(2, 0.5, **noise), made(2, 0.5, size=32))
    assert table["evaluations"][table["init"] == "uniform"].tolist() == pytest.approx([12.5, 25, 50])
    assert table["evaluations"][table["init"] == "content"].tolist() == pytest.approx([25, 50, 100])
    assert set(table["size"]) == {64}


def test_textures_and_reconstructions_are_told_by_the_picture_that_they_have(made: Make) -> None:
    texture, rebuilt = {"content": None}, {"style": None}
    table = found(*(made(speed, own, **keys) for keys in (texture, rebuilt) for speed, own in ((1, None), (2, 0.5))))
    places = table[["runs", "content", "style"]].drop_duplicates().values.tolist()
    assert places == [["texture", "", "nocturne"], ["reconstruction", "astronaut", ""]]


def test_pilot_pictures_are_marked(made: Make) -> None:
    keys = {"content": "chelsea", "style": "woodcut"}
    assert found(made(1, **keys), made(2, 0.5, **keys))["pilot"].all()


def test_the_base_has_one_size_and_no_preconditioner(made: Make) -> None:
    assert is_plain(made(1)) and not is_plain(made(1, 0.0)) and not is_plain(made(1, sizes="32+64"))


def test_a_sweep_becomes_rows_and_a_run_that_diverged_counts_as_far_as_it_got(
    made: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the loss at 50 at 25, and ended at 40, before that at 100."""
    runs = [made(1, steps=100), made(2, 0.5, steps=40)]
    frame = pd.DataFrame(
        [{**run.keys, "steps": 100, "trace": run.paths["trace"], "device": "a toaster"} for run in runs]
    )
    frame["state"] = ["done", "failed"]
    frame.attrs["keys"] = tuple(runs[0].keys)
    monkeypatch.setattr(nst, "load", lambda name, runs_dir: frame)
    monkeypatch.setattr("docs.make.studies.reach.with_variants", lambda runs, runs_dir: runs)
    study = ReachStudy("preconditioner", (), lambda runs: {})
    table = study.measure("mine", tmp_path)
    assert table["evaluations"][0] == pytest.approx(25) and math.isnan(table["evaluations"][1])
    assert table["spent"].tolist() == [40, 40] and set(table["device"]) == {"a toaster"}
    monkeypatch.setattr(nst, "load", lambda name, runs_dir: frame[1:])
    with pytest.raises(UserError, match="^mine: no run goes with one without preconditioner and scales of 50 "):
        study.measure("mine", tmp_path)


def test_torchs_first_step_is_the_base_of_longer_ones(made: Make) -> None:
    """Half as fast as the run with a first step of 0.05; the order does not matter."""
    table = found(made(2), made(1, first=0.0, cap=0.03))
    assert table[["first", "mark"]].values.tolist() == [[0.05, mark] for mark in (50, 100, 200)]
    assert table["evaluations"].tolist() == pytest.approx([25, 50, 100])
