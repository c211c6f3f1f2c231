"""`python -m nst.report`: what it lists, builds and prints, and errors in one line."""

import errno
from pathlib import Path
from typing import Any

import pytest

from nst.face.sweep import make_report
from nst.report.__main__ import main
from nst.report.read.load import load

from .conftest import Store


@pytest.fixture
def runs(store: Store) -> list[str]:
    """A store with the sweeps `a` (nothing varies) and `b` (seed x size)."""
    store.sweep("b", {"seed": [0, 1], "size": [8, 9]})
    store.sweep("a", {})
    return ["--runs-dir", str(store.root)]


def test_lists_the_sweeps(runs: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(runs) == 0
    assert capsys.readouterr().out == "a\nb\n"


def test_says_what_it_wrote(runs: list[str], store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["b", "--rows", "seed,size", "--format", "html,png,pdf", *runs]) == 0
    folder = store.root / "sweeps" / "b" / "report"
    said = capsys.readouterr().out.splitlines()
    assert said == [str(folder / name) for name in ("index.html", "grid.png", "grid.pdf")]
    assert all(Path(line).is_file() for line in said)


def test_a_part_in_one_format(runs: list[str], store: Store) -> None:
    assert main(["b", "--where", "seed=1", "--where", "size=9", "--format", "csv", *runs]) == 0
    report = store.root / "sweeps" / "b" / "report"
    assert (report / "results.csv").read_text(encoding="utf-8").count("\n") == 2
    assert not (report / "index.html").exists()


def test_says_every_file_of_the_formats_asked_for(
    runs: list[str], store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["b", "--format", "tex,csv", *runs]) == 0
    folder = store.root / "sweeps" / "b" / "report"
    assert capsys.readouterr().out.splitlines() == [
        str(folder / name) for name in ("results.csv", "timing.csv", "timing.tex")
    ]


@pytest.mark.parametrize(
    ("options", "notes"),
    [
        (["--crop", "0,0,5,5"], 1),
        (["--crop", "0,0,1,1"], 0),
        (["--crop", "0,0,5,5", "--where", "size=9"], 0),
        ([], 0),
    ],
)
def test_pixels_of_pictures_that_differ_in_size(
    options: list[str], notes: int, runs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["b", *options, "--format", "csv", *runs]) == 0
    assert capsys.readouterr().err.count("note: the sizes vary") == notes


def test_all_and_a_page_of_them(runs: list[str], store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    store.write("sweeps/foreign/plan.json", [])
    assert main(["--all", "--format", "html", *runs]) == 0
    said = capsys.readouterr()
    page = store.root / "sweeps" / "index.html"
    assert said.out.splitlines()[-1] == str(page)
    assert said.err.startswith("left out: ") and said.err.count("\n") == 1
    assert page.read_text(encoding="utf-8").count("<article>") == 2


def test_opens_the_page(runs: list[str], store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    assert main(["a", "--open", "--format", "html", *runs]) == 0
    assert opened == [(store.root / "sweeps" / "a" / "report" / "index.html").as_uri()]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["c"], "no sweep 'c'"),
        (["b", "--rows", "init"], "'init' does not vary in sweep 'b'"),
        (["b", "--facet", "sizes"], "'sizes' does not vary in sweep 'b'; did you mean 'size'?"),
        (["b", "--crop", "1,2"], "crop '1,2' is not four numbers"),
        (["b", "--width", "12"], "width '12' is not a number of pixels"),
        (["b", "--where", "seed"], "--where seed: is not KEY=VALUE"),
        (["b", "--where", "seed=7"], "no run of 'b' has seed=7"),
        (["b", "--format", "jpg"], "unknown format 'jpg'"),
        (["b", "--all"], "--all builds every sweep with its own settings; leave out name"),
        (["--watch"], "which sweep?"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str], said: str, runs: list[str], store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, *runs]) == 2
    answer = capsys.readouterr()
    assert answer.err.startswith(f"error: {said}") and answer.err.count("\n") == 1 and not answer.out
    assert not (store.root / "sweeps" / "b" / "report").exists()


def test_a_full_disk_is_one_line_with_the_path(
    runs: list[str], store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)  # of a PDF, which matplotlib makes in memory
    assert main(["b", "--format", "pdf", *runs]) == 2
    path = store.root / "sweeps" / "b" / "report" / "grid.pdf"
    assert capsys.readouterr().err == f"error: cannot write to {path}: No space left on device\n"


def test_what_is_asked_for_is_checked_before_anything_is_measured(
    runs: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("nst.report.__main__._measure", lambda *_: pytest.fail("measured"))
    for wrong in (["--format", "pfd"], ["--rows", "sed"], ["--where", "seed=7"], ["--width", "wide"]):
        assert main(["b", "--measure", *wrong, *runs]) == 2
        assert capsys.readouterr().err.startswith("error: ")


def test_a_home_folder_in_the_stores_path(runs: list[str], store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(store.root.parent))
    home = f"~/{store.root.name}"
    assert main(["b", "--format", "csv", "--runs-dir", home]) == 0
    assert len(load("b", home)) == 4
    assert make_report("a", home, formats=["csv"]) == store.root / "sweeps" / "a" / "report" / "index.html"


def test_no_store(tmp_path: Path) -> None:
    assert main(["--runs-dir", str(tmp_path / "none")]) == 2
