"""The one command: what it shows, and where it leads."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sweep.command import TINY

from nst import __version__
from nst.__main__ import COMMANDS, main, split
from nst.completion import complete


def ran(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "nst", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_fits_a_screen_and_names_every_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert (stop.value.code, err) == (0, "") and len(lines) <= 24 and max(map(len, lines)) <= 80
    assert all(any(line.strip().startswith(f"nst {command} ") for line in lines) for command in COMMANDS)


def test_help_imports_next_to_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from nst.__main__ import main\n"
        "try: main(['--help'])\nfinally: print({'torch', 'hydra', 'numpy', 'pandas'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert found.stdout.splitlines()[-1] == "set()"


def test_an_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["repotr"])
    assert (stop.value.code, capsys.readouterr().err) == (
        2,
        "error: 'repotr' is not a command; did you mean 'report'?\n",
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("run size=64", ("run", ["size=64"])),
        ("size=64", ("run", ["size=64"])),
        ("-m seed=0,1", ("run", ["-m", "seed=0,1"])),
        ("~blend", ("run", ["~blend"])),
        ("--version", ("run", ["--version"])),
        ("report mine --rows seed", ("report", ["mine", "--rows", "seed"])),
        ("rum size=64", ("rum", ["size=64"])),
    ],
)
def test_whose_arguments_they_are(typed: str, found: tuple[str, list[str]]) -> None:
    assert split(typed.split()) == found


def test_exit_codes_and_lines_are_those_of_each_part(tmp_path: Path) -> None:
    found = ran(tmp_path, "size=big")
    assert (found.returncode, found.stderr) == (
        2,
        "error: size=big: must be a whole number of pixels, long:PIXELS (the longer side) or original "
        "(the content's own size)\n",
    )
    found = ran(tmp_path, "report", "mine")
    assert found.returncode == 2 and found.stderr.startswith("error: no sweep 'mine' in runs/sweeps")
    found = ran(tmp_path, "run", "--version")
    assert (found.returncode, found.stdout) == (0, f"nst {__version__}\n")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_sweep_ends_as_that_of_its_part_does(tmp_path: Path) -> None:
    """The first of two runs is over; the second would take days."""
    command = [sys.executable, "-m", "nst", "run", "-m", *TINY, "steps=1,100000000"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        lines = [running.stderr.readline() for _ in range(3)]
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert lines[2].startswith("[1/2] steps 1  done in "), lines
    assert running.returncode == 130 and "interrupted: finished runs are kept" in rest


@pytest.mark.parametrize(
    ("typed", "commands", "left"),
    [
        ("nst ", list(COMMANDS), None),
        ("nst r", ["run", "report"], None),
        ("nst run", ["run"], None),
        ("nst run sweep=con", [], "nst sweep=con"),
        ("nst run size=64 sweep=con", [], "nst size=64 sweep=con"),
        ("nst sweep=con", [], "nst sweep=con"),
        ("nst -m sweep=con", [], "nst -m sweep=con"),
        ("nst content_l", [], "nst content_l"),
    ],
)
def test_completion(typed: str, commands: list[str], left: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_LINE", typed)
    assert complete(COMMANDS) == commands
    assert os.environ["COMP_LINE"] == (typed if left is None else left)


def test_sweeps_keys_and_choices_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    for word in ("sweep=content_", "style_l", "optimizer="):
        monkeypatch.setenv("COMP_LINE", f"nst run size=64 {word}")
        found[word] = ran(tmp_path, "-sc", "query=bash").stdout.split()
    assert found["sweep=content_"] == ["sweep=content_layers", "sweep=content_noises"]
    assert "style_layers=" in found["style_l"]
    assert {"optimizer=adam", "optimizer=lbfgs"} <= set(found["optimizer="])
