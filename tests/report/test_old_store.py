"""A store that version 2 of the spec wrote: shown with all its runs and numbers, and left as it is."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nst
from nst.report.build import build
from nst.store.columns import column
from nst.store.store import Store

OLD = Path(__file__).parents[1] / "store" / "version_2"
SWEEPS = {"layers": 4, "starts": 8}


@pytest.fixture
def runs_dir(tmp_path: Path) -> Path:
    return shutil.copytree(OLD, tmp_path / "runs")


def files(root: Path) -> dict[str, bytes]:
    """All files of a store but its reports."""
    found = (path for path in root.rglob("*") if path.is_file() and "report" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("name", SWEEPS)
def test_every_run_is_done_with_all_its_numbers(runs_dir: Path, name: str) -> None:
    found = nst.load(name, runs_dir)
    assert list(found["state"]) == ["done"] * SWEEPS[name]
    for _, row in found.iterrows():
        metrics = json.loads((runs_dir / "jobs" / row["signature"] / "metrics.json").read_text(encoding="utf-8"))
        numbers = {key: value for key, value in metrics.items() if key not in ("stopped", "inputs")}
        assert len(numbers) == 24 and set(numbers) <= set(found.columns)
        for key, value in numbers.items():
            assert pd.isna(row[key]) if value is None else row[key] == value, key
        assert all(row[path].is_file() for path in ("image", "start", "trace", "content_picture", "style_picture"))
    assert all(column(name) or name in found.attrs["keys"] for name in found)


@pytest.mark.parametrize("name", SWEEPS)
def test_its_report(runs_dir: Path, name: str) -> None:
    before = files(runs_dir)
    folder = build(name, runs_dir)
    assert folder == Store(runs_dir).report(name)
    assert f"{SWEEPS[name]} of {SWEEPS[name]} runs done" in (folder / "index.html").read_text(encoding="utf-8")
    rows = list(csv.DictReader((folder / "results.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["signature"] for row in rows] == list(nst.load(name, runs_dir)["signature"])
    numbers = ("total_loss", "tv_loss_png", "seconds_loop", "gram_distance_style")
    assert all(np.isfinite(float(row[key])) for row in rows for key in numbers)
    assert all((folder / row["picture"]).is_file() for row in rows)
    assert {"grid.png", "curves.png", "timing.md"} <= {path.name for path in folder.iterdir()}
    assert files(runs_dir) == before


def test_runs_of_no_sweep_and_one_that_failed() -> None:
    store = Store(OLD)
    records = store.records(folder.name for folder in (OLD / "jobs").iterdir())
    assert sorted(record.state for record in records.values()) == ["done"] * 16 + ["failed"]
    assert store.reason("fc310473ce20") == "diverged at evaluation 2: the loss is nan"
    spec = store.spec("9c540a4392f5")
    assert spec is not None and (spec.optimizer.name, spec.size) == ("adam", 32)
