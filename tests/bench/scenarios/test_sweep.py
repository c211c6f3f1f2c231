"""The sweep of four runs: its commands, its turns, its rows."""

import sys
from pathlib import Path

import pytest

from nst.bench.case import square_case
from nst.bench.rounds import Pair
from nst.bench.scenarios import sweep
from nst.bench.scenarios.sweep import rows

FINE = [sys.executable, "-S", "-c", "pass"]
FAILS = [sys.executable, "-S", "-c", "import sys; sys.exit('no memory')"]


def test_nst_is_one_command_and_the_plain_loop_four() -> None:
    with square_case(64, "fp32", "cpu", 2, steps=20) as case:
        (command,) = sweep.nst_commands(case, "bf16", Path("runs"))
        commands = sweep.plain_commands(case, Path("out"))
    assert command[1:4] == ["-m", "nst.run", "-m"]
    settings = {"content_layers=conv_1,conv_2,conv_3,conv_4", f"content={case.content_file}", "size=64", "steps=20"}
    assert settings | {"precision=bf16", "device=cpu", "threads=2", "runs_dir=runs"} <= set(command)
    shared = [str(case.content_file), str(case.style_file), "20", "cpu", "2"]
    assert [c[1:-2] for c in commands] == [["-m", "nst.bench.tutorial", *shared]] * 4
    assert [c[-2:] for c in commands] == [[str(layer), str(Path(f"out/{layer}.png"))] for layer in (1, 2, 3, 4)]


def test_rows_have_ratios_within_a_round() -> None:
    pairs = [("plain", "fp32"), ("nst", "bf16")]
    asked: list[tuple[str, int]] = []

    def commands(pair: Pair, number: int) -> list[list[str]]:
        asked.append((pair[0], number))
        return [FINE]

    plain, nst = rows(pairs, 64, 20, 2, commands)
    assert asked == [("plain", 0), ("nst", 0), ("plain", 1), ("nst", 1)]
    assert (plain.jobs, plain.steps, plain.rounds, plain.ratio_to_plain, plain.error) == (4, 20, 2, 1.0, "")
    assert nst.ratio_min is not None and nst.ratio_max is not None and nst.ratio_to_plain is not None
    assert 0 < nst.ratio_min <= nst.ratio_to_plain <= nst.ratio_max


def test_a_sweep_that_fails_says_why_and_is_not_tried_again() -> None:
    asked: list[str] = []

    def commands(pair: Pair, number: int) -> list[list[str]]:
        asked.append(pair[0])
        return [FAILS if pair[0] == "nst" else FINE]

    plain, nst = rows([("plain", "fp32"), ("nst", "fp32")], 64, 20, 2, commands)
    assert asked == ["plain", "nst", "plain"]
    assert (nst.error, nst.rounds, nst.seconds_p50, nst.ratio_to_plain) == ("no memory", 0, None, None)
    assert plain.rounds == 2


def test_its_table_goes_beside_the_benchs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweep, "nst_commands", lambda case, precision, runs: [FINE])
    monkeypatch.setattr(sweep, "plain_commands", lambda case, folder: [FINE])
    options = ["--size", "32", "--steps", "20", "--rounds", "1", "--precisions", "fp32", "--device", "cpu"]
    assert sweep.run([*options, "--out", str(tmp_path)]) == 0
    (file,) = tmp_path.glob("*-sweep.md")
    assert [f"| 32 | {engine} fp32 | 20 |" in file.read_text() for engine in ("plain", "nst")] == [True, True]
    assert str(file) in capsys.readouterr().out
