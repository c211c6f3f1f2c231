"""The command writes the pages from stored measurements; a newly measured sweep is stored first."""

from pathlib import Path

import pandas as pd
import pytest

import nst
from docs.make.studies.__main__ import main

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["fidelity", "optimizers", "precision"])
def test_the_pages_in_docs_are_those_of_the_kept_numbers(name: str, tmp_path: Path) -> None:
    assert main([name, "--results", str(ROOT / "benchmarks"), "--out", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.md"]
    assert (tmp_path / f"{name}.md").read_text() == (ROOT / "docs" / f"{name}.md").read_text()


def test_a_sweep_measured_anew_is_kept_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "trace.csv").write_text("evaluation,total_loss\n1,3\n")
    run = {"style": "ihc", "style_layers": "conv_1", "init": "noise", "seed": 0, "state": "done", "device": "a toaster"}
    runs = pd.DataFrame([{**run, "precision": p, "total_loss": 2.0, "trace": "trace.csv"} for p in ("fp32", "bf16")])
    monkeypatch.setattr(nst, "load", lambda name, runs_dir: runs if (name, runs_dir) == ("mine", Path("r")) else None)
    monkeypatch.chdir(tmp_path)
    assert main(["precision", "--sweep", "mine", "--runs-dir", "r"]) == 0
    text = (tmp_path / "docs" / "precision.md").read_text()
    assert "| texture | ihc | conv_1 | noise | 1.000 | one |  | fp32 |" in text and "a toaster" in text
    assert len((tmp_path / "benchmarks" / "precision.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["precison"], "error: precison: no such study; did you mean 'precision'?"),
        (
            ["--sweep", "mine"],
            "error: --sweep mine: name the one study it belongs to: costs, fidelity, optimizers, precision, resizing",
        ),
        (["fidelity"], "error: benchmarks/fidelity.csv: no such file; measure the study with --sweep"),
        (["precision", "--sweeps", "mine"], "error: --sweeps: no such flag; did you mean '--sweep'?"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: list[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err.splitlines() == [line] and list(tmp_path.iterdir()) == []
