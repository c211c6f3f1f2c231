"""Time to a loss: both sides start at the same picture, and the loss is really reached."""

import json
from pathlib import Path

import pytest

from nst.bench.case import square_case
from nst.bench.scenarios.time_to_loss import Reached, geometric_mean, reach, run, run_plain


def row(ratio: float | None, precision: str = "fp32", start: str = "content", sizes: str = "32") -> Reached:
    return Reached(32, "a + b", start, 1.0, 8.0, precision, sizes, 5, 1.0, ratio)


def test_geometric_mean_by_hand() -> None:
    noise = row(8.0, start="uniform")
    assert geometric_mean([row(2.0), noise, row(100.0, "bf16")], "fp32") == pytest.approx(4.0)
    assert geometric_mean([row(None), noise], "fp32") is None
    assert geometric_mean([], "fp32") is None


def test_geometric_mean_from_coarse_to_fine_where_there_is_such_a_run() -> None:
    noise, several = row(8.0, start="uniform"), row(18.0, start="uniform", sizes="8, 16, 32")
    assert geometric_mean([row(2.0), noise, several], "fp32") == pytest.approx(4.0)
    assert geometric_mean([row(2.0), noise, several], "fp32", coarse_to_fine=True) == pytest.approx(6.0)
    assert geometric_mean([row(2.0), noise], "fp32", coarse_to_fine=True) == pytest.approx(4.0)


def test_a_loss_that_is_reached_is_that_of_the_picture() -> None:
    with square_case(32, "fp32", "cpu", 2, init="uniform", steps=60) as given:
        loss, seconds = run_plain(given, 12)
        evaluations, ours = reach(given, loss)
        assert evaluations is not None and ours is not None
        assert 1 < evaluations < 60 and ours > 0 and seconds > 0
        assert reach(given, 0.0) == (None, None)


def test_from_coarse_to_fine_only_the_last_size_reaches_a_loss() -> None:
    keys = {"scales.from": 0.5, "scales.steps": 2}
    with square_case(32, "fp32", "cpu", 2, init="uniform", steps=3, keys=keys) as given:
        found, seconds = reach(given, float("inf"))
        assert found == sum(scale.steps for scale in given.spec.scales[:-1]) + 1 and seconds is not None


def test_the_command_leaves_out_pairs_it_has_no_pictures_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--size", "32,64", "--evaluations", "6", "--device", "cpu", "--precisions", "fp32"]
    assert run([*options, "--out", str(tmp_path), "--json", str(tmp_path / "rows.json")]) == 0
    said = capsys.readouterr().out
    assert "left out" in said and "| chelsea + ihc | content |" in said
    rows = json.loads((tmp_path / "rows.json").read_text())
    expected = [("content", "32"), ("uniform", "32"), ("content", "64"), ("uniform", "64"), ("uniform", "16, 32, 64")]
    assert [(r["pair"], r["start"], r["sizes"]) for r in rows] == [("chelsea + ihc", *each) for each in expected]
