"""What is printed reaches its reader, harms no terminal, and never ends a command; a wrong command line is one line."""

import argparse
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sweep.command import TINY, Command, Transfers

from nst.errors import UserError
from nst.terminal import Steady, importing, parse, plain, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b\tü 猫\n", "a b\tü 猫\n"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("done\rgone", r"done\rgone"),
        ("\x07\x00\x7f\x9b2J", r"\x07\x00\x7f\x9b2J"),
        ("cat\u202egnp.exe", r"cat\u202egnp.exe"),
    ],
)
def test_control_characters_are_written_out(text: str, shown: str) -> None:
    stream = io.StringIO()
    steady = Steady(stream)
    assert printable(text) == shown
    print(text, end="", file=steady)  # type: ignore[call-overload]
    print(text, end="", file=plain(steady))  # type: ignore[arg-type]
    assert stream.getvalue() == shown + text
    assert plain(stream) is stream


@pytest.mark.parametrize(
    ("encoding", "shown"), [("ascii", r"\xfc \u732b"), ("latin-1", "ü \\u732b"), ("utf-8", "ü 猫")]
)
def test_letters_that_the_stream_does_not_know_are_written_out(encoding: str, shown: str) -> None:
    bytes_ = io.BytesIO()
    steady = Steady(io.TextIOWrapper(bytes_, encoding=encoding))
    steady.writelines(["ü ", "猫"])
    steady.flush()
    assert bytes_.getvalue().decode(encoding) == shown


def test_a_reader_that_goes_away_ends_nothing() -> None:
    reading, writing = os.pipe()
    steady = Steady(os.fdopen(writing, "w", buffering=1))
    steady.write("one\n")
    os.close(reading)
    for _ in range(3):
        assert steady.write("two\n") == 4
    steady.flush()
    steady.stream.close()
    steady.write("after it was closed")


LATE = """
import os, sys
from nst.terminal import steady_streams

steady_streams()
print("said", file=sys.stderr)
print("said", flush=True)
first = open("picture.png", "w")
os.write(2, b"said")
assert first.fileno() > 2, first.fileno()
"""


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&- >&- 2>&-", "2>/dev/full", ">/dev/full"])
def test_streams_that_are_closed_or_full(closed: str, tmp_path: Path) -> None:
    """No file takes the number of one, and with it what is said."""
    ended = subprocess.run(["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, LATE], cwd=tmp_path)
    assert ended.returncode == 0
    assert (tmp_path / "picture.png").read_text() == ""


def test_a_sweep_goes_on_when_nobody_reads_it_any_more(tmp_path: Path) -> None:
    """As with `2>&1 | head -1`."""
    command = [sys.executable, "-m", "nst.run", "-m", *TINY, "init=noise", "seed=0,1"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=tmp_path, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout is not None
        assert b"2 runs, 2 to do" in process.stdout.readline()
        process.stdout.close()
    assert process.returncode == 0
    assert len(list(tmp_path.glob("runs/jobs/*/metrics.json"))) == 2


def test_names_of_files_reach_no_terminal_as_they_are(nst: Command, transfers: Transfers) -> None:
    (nst.folder / "a\x1b[2Jb\rc.png").write_bytes(b"no picture")
    answer = nst.tiny("content=./a\x1b[2Jb\rc.png")
    assert answer.code == 2 and r"a\x1b[2Jb\rc.png" in answer.err and not set("\x1b\r") & set(answer.err)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    made.add_argument("--size", type=int)
    made.add_argument("--format", choices=("png", "csv"))
    return made


def test_what_is_right_is_parsed() -> None:
    assert parse(parser(), ["--size", "3", "--format=png"]) == argparse.Namespace(size=3, format="png")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--sise=3"], "--sise: no such flag; did you mean '--size'?"),
        (["--siz", "3"], "--siz: no such flag; did you mean '--size'?"),
        (["--xyz"], "--xyz: no such flag; choose from --help, --size, --format"),
        (["png"], "'png' is not a flag; --help shows them"),
        (["--size", "big"], "argument --size: invalid int value: 'big'"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError) as caught:
        parse(parser(), arguments)
    assert str(caught.value) == line and capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (ModuleNotFoundError("No module named 'yaml'"), 2, "ModuleNotFoundError: No module named 'yaml'"),
        (AttributeError("two\nlines"), 2, "AttributeError: two lines"),
        (MemoryError(), 1, "MemoryError"),
    ],
)
def test_a_broken_import_is_one_line(
    error: Exception, code: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop, importing():
        raise error
    assert stop.value.code == code
    assert capsys.readouterr().err == f"error: a part of nst cannot be imported: {text}\n"


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("run", "hydra"),
        ("run", "omegaconf"),
        ("report", "yaml"),
        ("store", "yaml"),
        ("bench", "numpy"),
        ("writeup", "yaml"),
    ],
)
def test_no_command_shows_a_traceback_of_a_broken_library(tmp_path: Path, command: str, module: str) -> None:
    (tmp_path / f"{module}.py").write_text("raise AttributeError('broken')")
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    ran = subprocess.run(
        [sys.executable, "-m", f"nst.{command}"],
        capture_output=True, text=True, timeout=100, cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "error: a part of nst cannot be imported: AttributeError: broken\n"
