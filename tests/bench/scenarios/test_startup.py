"""The start of runs: commands, phases, rounds and rows; no process but one, whose times do not matter."""

import csv
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import pytest

from nst.bench.scenarios import startup
from nst.bench.scenarios.startup import (
    LAUNCHER,
    PLAN,
    RUN,
    TORCH,
    TORCHVISION,
    WORKER,
    Ended,
    Phases,
    command,
    measure,
    starts,
)

OPTIONS = Namespace(rounds=2, precisions=["fp32"], device="cpu", threads=1)
SINGLE = {"imported": 12.0, "begun": 12.5, "weights": 0.25, "ready": 14.0, "evaluated": 15.5}


def test_a_start_is_divided_by_its_marks() -> None:
    """From 10: 2 of imports, 0.5 of configuration, 1.5 with 0.25 of weights, and 1.5 of evaluation, not counted."""
    assert starts(RUN, Ended(10.0, [SINGLE])) == {RUN: Phases(4.0, 2.0, 0.5, 0.25, 1.25, 1.5)}
    assert starts(TORCH, Ended(10.0, [{"imported": 11.5}])) == {TORCH: Phases(1.5, 1.5)}


def test_workers_start_when_the_plan_is_made() -> None:
    """At 11; the other worker is ready 2 later, of which 1 are imports and 1 targets."""
    later = {"imported": 13.0, "begun": 13.5, "weights": 0.25, "ready": 16.0, "evaluated": 17.5}
    found = starts(LAUNCHER, Ended(8.0, [{"imported": 9.0, "planned": 11.0}, SINGLE, later]))
    assert found == {PLAN: Phases(3.0, 1.0, 2.0), WORKER: Phases(4.0, 1.5, 0.5, 0.25, 1.75, 1.5)}


def test_commands_differ_in_what_they_start() -> None:
    single, several = (command(kind, 64, OPTIONS, Path("runs"), Path("marks")) for kind in (RUN, LAUNCHER))
    assert single[1:4] == several[1:4] == ["-m", "nst.bench.startup_marks", "marks"]
    assert {"size=64", "steps=1", "precision=fp32", "device=cpu", "threads=1", "runs_dir=runs"} <= set(single)
    assert set(several) - set(single) == {"init=noise", "seed=0,1", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"}
    assert command(TORCHVISION, 64, OPTIONS, Path("runs"), Path("marks"))[2].startswith("import torch, torchvision; ")


def turn(words: Sequence[str], file: Path) -> Ended:
    """What a command would leave: torch takes 1 s, a run 4, and torchvision is not installed."""
    if words[1] == "-c":
        return Ended(0.0, [{"imported": 1.0}], "no torchvision" if "torchvision" in words[2] else "")
    marks = {name: value - 10 if name != "weights" else value for name, value in SINGLE.items()} | {"planned": 3.0}
    return Ended(0.0, [marks] * (3 if "-m" in words[3:] else 1))


def test_each_kind_of_process_gets_a_row_and_the_first_turn_does_not_count() -> None:
    turns: list[str] = []

    def launch(words: Sequence[str], file: Path) -> Ended:
        turns.append(words[2])
        return turn(words, file)

    rows = {row.process: row for row in measure(64, OPTIONS, launch)}
    assert list(rows) == [TORCH, TORCHVISION, RUN, PLAN, WORKER]
    assert [sum(torch in words for words in turns) for torch in ("torch;", "torchvision;")] == [3, 1]
    assert (rows[TORCHVISION].error, rows[TORCHVISION].rounds, rows[TORCHVISION].seconds) == ("no torchvision", 0, None)
    run = rows[RUN]
    assert (run.seconds, run.least, run.greatest, run.ratio_to_torch, run.rounds) == (4, 4, 4, 4, 2)
    assert (run.imports, run.configuration, run.weights, run.inputs, run.evaluation) == (2, 0.5, 0.25, 1.25, 1.5)
    assert (rows[PLAN].seconds, rows[PLAN].weights, rows[WORKER].seconds) == (3, None, 1)


def test_its_table_goes_beside_the_benchs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- bench-startup -->\n<!-- /bench-startup -->\n")
    options = ["--sizes", "64", "--rounds", "1", "--device", "cpu", "--out", str(tmp_path), "--page", str(page)]
    assert startup.run(options, turn) == 1  # torchvision
    (file,), (table,) = tmp_path.glob("*-startup.md"), tmp_path.glob("*-startup.csv")
    assert "| 64 | single run | 4.00 | 4.00 | 2.00 | 0.500 | 0.250 | 1.25 | 1.50 |" in file.read_text()
    assert "| 64 | import torch, torchvision | no torchvision |" in page.read_text()
    assert str(file) in capsys.readouterr().out
    with table.open(newline="") as lines:
        assert [row["seconds"] for row in csv.DictReader(lines)] == ["1", "", "4", "3", "1"]


@pytest.mark.parametrize(("end", "error"), [("", ""), ("no memory", "no memory"), (3, "ended with 3")])
def test_a_process_ends_with_its_marks_or_an_error(tmp_path: Path, end: object, error: str) -> None:
    file = tmp_path / "marks.jsonl"
    file.write_text('{"process": 1, "name": "imported", "value": 5.5}\n')
    ended = startup.in_new_process([sys.executable, "-S", "-c", f"raise SystemExit({end!r} or 0)"], file)
    assert (ended.marks, ended.error) == ([{"imported": 5.5}], error)
