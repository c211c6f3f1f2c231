"""What is measured is kept; one tiny run of both loops shows that they are comparable."""

from pathlib import Path

import pytest
from PIL import Image

from nst.bench import fidelity

from .test_fidelity_page import rows


def test_rows_survive_the_file(tmp_path: Path) -> None:
    path, measured = tmp_path / "fidelity.csv", rows("nst fp32", "2", 12.5)
    path.write_text(fidelity._csv(measured))
    assert fidelity.read_rows(path) == measured
    assert fidelity.read_rows(tmp_path / "none.csv") == []


def test_a_run_that_is_there_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dancing", "picasso"):
        Image.new("RGB", (64, 64), "teal").save(tmp_path / f"{name}.png")
    monkeypatch.setattr(fidelity, "RESULTS", tmp_path / "fidelity.csv")
    measured = rows("plain loop", "content", 10.0) + rows("nst fp32", "content", 11.0)
    assert fidelity.measure(measured, ["content"], tmp_path) == measured


def test_both_loops_end_close_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """40 evaluations at 48 pixels: rounding has not decided much yet."""
    from skimage import data_dir

    for name, source in (("dancing", "astronaut"), ("picasso", "coffee")):
        (tmp_path / f"{name}.png").write_bytes((Path(data_dir) / f"{source}.png").read_bytes())
    monkeypatch.setattr(fidelity, "EVALUATIONS", 40)
    monkeypatch.setattr(fidelity, "MARKS", (20, 40))
    spec = fidelity.tutorial_spec("1", tmp_path, size=48)
    assert (spec.init, spec.seed, spec.precision, spec.optimizer.clamp) == ("gaussian", 1, "fp32", "closure")  # type: ignore[union-attr]
    plain, ours = list(fidelity.run_plain(spec, "1")), list(fidelity.run_nst(spec, "1"))
    assert [row.evaluation for row in plain] == [row.evaluation for row in ours] == [20, 40, 0]
    for row, other in zip(plain, ours, strict=True):
        assert other.total == pytest.approx(row.total, rel=0.05)
