"""Every command and every piece of Python in README, CONTRIBUTING and `docs/` works.

As it stands there, in a folder with the pictures that it names, but every run is made at 32 pixels in 2 evaluations
whatever it asks for; those for clusters are only planned.
"""

import os
import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import nst.engine
from documentation.programs import PROGRAMS, answer, make, nst_run
from documentation.shown import PAGES, ROOT, Words, add_losses, blocks, commands, every_command
from nst.result import Result
from nst.spec.records import Scale, Spec
from nst.spec.signature import canonical
from nst.sweep.files import sweep_files

OWN = (
    *("photo.jpg", "me.jpg", "wally.jpg", "pictures/me.jpg", "home/art/picasso.jpg"),
    *("photos/a.jpg", "photos/b.jpg", "paintings/c.jpg", "paintings/d.jpg"),
)
WRITEUP = (
    *("wally", "dancing", "the_scream", "frida_kahlo", "picasso", "impression_sunrise", "water_lilies"),
    *("bear_source", "bear_mask", "pool_target"),
)
SHELL = ("git", "cd", "source")
"""What is not ours."""
SWEEP_FILES = [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"), "yaml")]
PYTHON = [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"), "python")]


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    """The tiny results, each made once."""
    return {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands are typed: with pictures, and with the sweep files that the pages show."""
    top = tmp_path_factory.mktemp("typed")
    for name in (*OWN, *(f"FOLDER/{name}.png" for name in WRITEUP), *(f"my_pictures/{name}.png" for name in WRITEUP)):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        Image.linear_gradient("L").resize((48, 40)).convert("RGB").save(top / name)
    (top / "conf" / "sweeps").mkdir(parents=True)
    (top / "home" / "sbatch").touch(mode=0o755)
    for name, text in zip(("tv", "pairs", "terms"), SWEEP_FILES, strict=True):
        (top / "conf" / "sweeps" / f"{name}.yaml").write_text(text)
    return top


@pytest.fixture(autouse=True)
def typed(folder: Path, results: dict[str, Result], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in that folder, with a home in it, an empty store, and tiny runs."""
    shutil.rmtree(folder / "runs", ignore_errors=True)
    real = nst.engine.transfer

    def tiny(spec: Spec, **_: Any) -> Result:
        runtime = replace(spec.runtime, device="cpu", threads=1)
        small = replace(spec, scales=(Scale(32, 2),), repeat=0, precision="fp32", runtime=runtime)
        if canonical(small) not in results:
            results[canonical(small)] = real(small)
        return results[canonical(small)]

    monkeypatch.setattr(nst.engine, "transfer", tiny)
    monkeypatch.setattr("nst.losses.PLUGINS.added", {})
    add_losses((ROOT / "docs" / "extending.md").read_text(encoding="utf-8"))
    monkeypatch.setattr("nst.memory.reuse.free_memory", lambda: None)  # a collection of all garbage each time
    monkeypatch.setattr("webbrowser.open", lambda *_: True)
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("PATH", str(folder / "home"), prepend=os.pathsep)
    monkeypatch.chdir(folder)
    return folder


def of_python() -> list[Any]:
    """Commands of ours; those of the pages on methods and papers, which have tests of their own, are slow."""
    pages = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("methods.md", "papers.md")]
    slow = {words for page in pages for words in commands(page)}
    every = [words for words in every_command() if words[0] == "python"]
    return [pytest.param(words, marks=[pytest.mark.slow] * (words in slow)) for words in every]


@pytest.mark.parametrize("words", of_python(), ids=" ".join)
def test_a_command_works(words: Words, capsys: pytest.CaptureFixture[str]) -> None:
    assert words[1] == "-m"
    code = answer(PROGRAMS[words[2]], list(words[3:]))
    assert code == 0, capsys.readouterr().err


@pytest.mark.parametrize("words", [words for words in every_command() if words[0] != "python"], ids=" ".join)
def test_a_command_of_another_program_is_there(words: Words) -> None:
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    elif words[0] == "pip":
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        assert re.findall(r"\[(\w+)\]", words[-1])[0] in extras
    else:
        assert words[0] in SHELL


@pytest.mark.parametrize("code", PYTHON, ids=lambda code: code.splitlines()[0])
def test_a_piece_of_python_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name in re.findall(r'nst\.load\("([\w-]+)"\)', code):
        make(name)
    exec(compile(code, "page", "exec"), {"__name__": "page"})


def test_the_sweep_files_that_are_shown_are_sweeps() -> None:
    for name in sweep_files(Path("conf")).keys() - sweep_files().keys():
        assert nst_run(["--config-dir", "conf", f"sweep={name}", "profile=quick", "plan=true"]) == 0


def test_what_counts_as_a_command() -> None:
    page = """
```sh
make x            # a comment
python -m nst.run a=b \\
    c=d
```
Words, `python -m nst.run -m e=f` and `python -m nst.run KEY=VALUE`.

    A=1 python -m nst.run g='h i' & A=2 python -m nst.env

```text
usage: python -m nst.store
  python -m nst.store --failed   # why
```
"""
    run = ("python", "-m", "nst.run")
    assert commands(page) == [
        *[("make", "x"), (*run, "a=b", "c=d"), ("python", "-m", "nst.store", "--failed"), (*run, "g=h i")],
        *[("python", "-m", "nst.env"), (*run, "-m", "e=f")],
    ]
