"""The command as a user types it."""

from dataclasses import replace
from pathlib import Path

import pytest
from report.conftest import Store
from sweep.command import new_process

import nst.writeup.__main__
from nst.writeup.__main__ import main
from nst.writeup.site.contents import WRITEUP

QUICK = (
    *("profile=quick", "size=32", "steps=2", "device=cpu", "threads=1", "precision=fp32"),
    *("content_layers=conv_1", "style_layers=conv_1-2"),
)


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "--site-only" in capsys.readouterr().out


@pytest.mark.usefixtures("undrawn")
def test_the_site_alone(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--site-only", f"runs_dir={store.root}"]) == 0
    assert capsys.readouterr().err == f"write-up: {store.root}/writeup/index.html\n"


def test_a_mistake_is_one_line_and_nothing_is_started(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep=sizes", f"runs_dir={tmp_path}"]) == 2
    assert capsys.readouterr().err.startswith("error: sweep=sizes: ") and not list(tmp_path.iterdir())


@pytest.mark.slow
def test_two_of_its_sweeps_really(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """First only told, then made in processes of their own; the second time, nothing is left to do."""
    two = replace(WRITEUP, sweeps=("weight_ratios", "blending"))
    monkeypatch.setattr(nst.writeup.__main__, "WRITEUP", two)
    command = [*QUICK, f"runs_dir={tmp_path}"]
    said = []
    for extra in (["plan=true"], [], []):
        with new_process():
            assert main([*command, *extra]) == 0
        said.append(capfd.readouterr().err)
        assert (tmp_path / "writeup" / "index.html").exists() == (not extra)
    assert said[0].splitlines()[-1].split()[:3] == ["all", "4", "4"]
    assert said[1].endswith(f"write-up: {tmp_path}/writeup/index.html\n")
    assert said[2].count("nothing to do") == 2 and "timing" not in said[2]
