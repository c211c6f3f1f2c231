from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image
from sweep.command import Command
from torchvision.transforms import Resize

import nst
from docs.make.studies.fidelity import PLAIN
from docs.make.studies.plain_run import PlainRun
from docs.make.studies.resizing import STUDY, tables
from nst.spec.records import PictureFile


def row(engine: str, total: float, resize: str, init: str = "content") -> dict[str, Any]:
    return {"engine": engine, "init": init, "seed": 0, "resize": resize, "total_loss": total}


def test_each_filter_is_compared_with_the_plain_loop() -> None:
    measured = [row("nst", 11.0, "bilinear"), row("nst", 15.0, "lanczos"), row(PLAIN, 10.0, "torchvision")]
    assert tables(pd.DataFrame(measured))["final"].splitlines() == [
        "| start | plain loop | nst bilinear | ratio | nst lanczos | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| content | 10.000 | 11.000 | 1.100 | 15.000 | 1.500 |",
        "| **mean** | 10.000 | 11.000 | 1.100 | 15.000 | 1.500 |",
    ]


def test_the_plain_loop_reads_the_files_as_torchvision_resizes_them(
    nst_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bytes, bytes]] = []

    def plain_run(content: Path, style: Path, *arguments: Any) -> PlainRun:
        seen.append((Image.open(content).tobytes(), Image.open(style).tobytes()))
        assert arguments == ("content", 0, 20)
        return PlainRun("a CPU", 7.0, [dict(evaluation=1, content_loss=1.0, style_loss=2e-6, total_loss=3.0)])

    monkeypatch.setattr("docs.make.studies.plain_run.plain_run", plain_run)
    common = ("preset=tutorial", "size=32", "steps=20", "device=cpu", "threads=2", "name=mine")
    assert nst_command("-m", *common, "resize=bilinear,lanczos").code == 0
    found = STUDY.measure("mine", nst_command.store.root)
    assert found[["engine", "resize"]].values.tolist() == [
        ["nst", "bilinear"], ["nst", "lanczos"], [PLAIN, "torchvision"],
    ]  # fmt: skip
    spec = nst_command.store.spec(nst.load("mine", nst_command.store.root)["signature"][0])
    assert spec is not None
    pictures = [spec.pictures[name] for name in ("content", "style")]
    files = [Image.open(picture.path).convert("RGB") for picture in pictures if isinstance(picture, PictureFile)]
    assert seen == [tuple(Resize(32)(file).tobytes() for file in files)]


@pytest.fixture
def nst_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, monkeypatch, capsys)
