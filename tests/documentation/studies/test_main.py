"""The command writes the pages from stored measurements; a newly measured sweep is stored first."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import nst
from docs.make.studies import equal_loss, schedules
from docs.make.studies.__main__ import STUDIES, main

ROOT = Path(__file__).parents[3]
PAGES = ("costs", "fidelity", "optimizers", "precision", "preconditioner")
KEPT = [name for name in PAGES if (ROOT / "benchmarks" / f"{name}.csv").is_file()]
HEADS = "runs,content,style,init,size,steps,precision,kind,exponent,first,cap,sizes,each,"
HEADS += "pilot,spent,mark,loss,base,evaluations,device\n"
REACHED = (
    HEADS + "transfer,rocket,facets,content,64,150,fp32,fourier,0.5,0.05,0.05,,,False,150,100,9.5,100,70,a toaster\n"
)
SCHEDULE = (
    HEADS + "transfer,rocket,facets,content,64,150,fp32,none,,0.05,0.05,32+64,50,False,162.5,100,9.5,100,60,a lamp\n"
)
EQUAL = """content,style,init,size,steps,kind,exponent,total_loss,ssim_content,ssim_base,fine,mark,device
rocket,facets,content,64,99,none,,9.5,0.5,1,4,100,a toaster
rocket,facets,content,64,69,fourier,0.5,9.5,0.6,0.8,4,100,a toaster
"""


@pytest.mark.parametrize("name", KEPT)
def test_the_pages_in_docs_are_those_of_the_kept_numbers(name: str, tmp_path: Path) -> None:
    assert main([name, "--results", str(ROOT / "benchmarks"), "--out", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [STUDIES[name].file]
    assert (tmp_path / STUDIES[name].file).read_text() == (ROOT / "docs" / STUDIES[name].file).read_text()


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


def test_a_page_goes_without_the_studies_that_were_not_measured(tmp_path: Path) -> None:
    """It gains a section with each of them."""
    results = tmp_path / "results"
    results.mkdir()
    texts = []
    for name, text in (("preconditioner", REACHED), ("schedules", SCHEDULE), ("equal_loss", EQUAL)):
        (results / f"{name}.csv").write_text(text)
        assert main(["preconditioner", "--results", str(results), "--out", str(tmp_path)]) == 0
        texts.append((tmp_path / "preconditioner.md").read_text())
    headings = ["\n## Coarse to fine, for speed\n", "\n## Pictures of equal loss\n"]
    assert [[heading in text for heading in headings] for text in texts] == [[False] * 2, [True, False], [True] * 2]
    assert "| transfer | content | exponent 0.5 | 1 | 0.7 |" in texts[0] and "Measured on: a toaster." in texts[0]
    assert "| content | 50 at 32 | 1 | 0.6 |" in texts[1] and "Measured on: a lamp." in texts[1]
    assert "| content | exponent 0.5 | 1 | 1 | 0.800 | +0.100 | 1.000 |" in texts[2]
    assert all("{" not in text and text.endswith("\n") and not text.endswith("\n\n") for text in texts)


def test_without_a_name_pages_that_were_never_measured_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "preconditioner.csv").write_text(REACHED)
    assert main(["--results", str(tmp_path), "--out", str(tmp_path / "docs")]) == 0
    assert [path.name for path in (tmp_path / "docs").iterdir()] == ["preconditioner.md"]
    assert (
        f"left out: {tmp_path}/docs/fidelity.md, for there is no {tmp_path}/fidelity.csv\n" in capsys.readouterr().out
    )


def test_several_sweeps_are_measured_together_and_a_figure_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figure is that of the first sweep."""
    sizes = {"quick": 64, "full": 128}

    def measure(study: object, sweep: str, runs_dir: Path) -> pd.DataFrame:
        return pd.read_csv(StringIO(EQUAL)).assign(size=sizes[sweep])

    def figure(sweep: str, runs_dir: Path) -> Image.Image:
        return Image.new("RGB", (sizes[sweep], 1))

    monkeypatch.setattr(type(equal_loss.STUDY), "measure", measure)
    monkeypatch.setitem(STUDIES, "equal_loss", replace(equal_loss.STUDY, figure=figure))
    (tmp_path / "preconditioner.csv").write_text(REACHED)
    sweeps = ["--sweep", "full", "--sweep", "quick"]
    assert main(["equal_loss", *sweeps, "--results", str(tmp_path), "--out", str(tmp_path)]) == 0
    text = (tmp_path / "preconditioner.md").read_text()
    assert "At 64 pixels, the loss at 100:" in text and "At 128 pixels, the loss at 100:" in text
    with Image.open(tmp_path / "equal_loss.jpg") as image:
        assert image.size == (128, 1)


def test_an_optional_study_needs_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        type(schedules.STUDY), "measure", lambda study, sweep, runs_dir: pd.read_csv(StringIO(SCHEDULE))
    )
    assert main(["schedules", "--sweep", "mine", "--results", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "preconditioner.csv: no such file; measure the study with --sweep" in capsys.readouterr().err
    assert (tmp_path / "schedules.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["precison"], "error: precison: no such study; did you mean 'precision'?"),
        (
            ["--sweep", "mine"],
            "error: --sweep mine: name the one study it belongs to: costs, equal_loss, fidelity, first_step, "
            "optimizers, precision, preconditioner, resizing, schedules",
        ),
        (["precision", "--sweep", "a", "--sweep", "b"], "error: --sweep a, b: precision is measured from one sweep"),
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
