"""Curves: which panels there are, and what is in them."""

from pathlib import Path

import numpy as np
from PIL import Image

from nst.report.figure import curves
from nst.report.read import frame
from nst.store.plan import read_plan
from report.conftest import Store


def write(store: Store, *paths: Path) -> bool:
    plan = read_plan(store.store, "s")
    return curves.write(plan, frame.frame(plan, store.store), paths)


def test_nothing_to_draw(store: Store, tmp_path: Path) -> None:
    store.sweep("s", {"seed": [0]})
    assert not write(store, tmp_path / "c.png")
    assert not (tmp_path / "c.png").exists()


def test_two_panels_as_png_and_pdf(store: Store, tmp_path: Path) -> None:
    """The first ink is in the left half (seconds) and in the right one (evaluations)."""
    jobs = store.sweep("s", {"seed": [0, 1]})
    for job, last in zip(jobs, (2.0, 3.0), strict=True):
        store.done(job)
        store.trace(job, [9.0, 4.0, last])
    assert write(store, tmp_path / "c.png", tmp_path / "c.pdf")
    with Image.open(tmp_path / "c.png") as image:
        blue = (np.asarray(image) == (0x33, 0x66, 0xAA)).all(axis=2)
    assert blue[:, :700].any() and blue[:, 800:1300].any()
    written = (tmp_path / "c.pdf").read_bytes()
    assert written.startswith(b"%PDF") and b"/FontFile2" in written and b"CreationDate" not in written


def test_many_share_the_inks_of_a_key(store: Store, tmp_path: Path) -> None:
    """Thirteen curves, one more than are named: two inks."""
    pairs = [(seed, "a" if seed < 7 else "b") for seed in range(13)]
    for job in store.sweep("s", {"seed": [], "style": []}, pairs=pairs):
        store.trace(job, [9.0, 3.0, 1.0 + int(job["values"]["seed"])])
    assert write(store, tmp_path / "c.png")
    with Image.open(tmp_path / "c.png") as image:
        names = np.asarray(image)[90:160, 1500:].reshape(-1, 3).tolist()
    assert [0x33, 0x66, 0xAA] in names and [0xC8, 0x55, 0x3D] in names


def test_a_trace_without_times_has_one_panel(store: Store, tmp_path: Path) -> None:
    (job,) = store.sweep("s", {"seed": [0]})
    store.trace(job, [1.0])
    path = store.root / "jobs" / job["signature"] / "trace.csv"
    path.write_text("evaluation,total_loss\n1,9\n2,4\n", encoding="utf-8")
    assert write(store, tmp_path / "c.png")
    with Image.open(tmp_path / "c.png") as image:
        dark = (np.asarray(image)[curves.HEIGHT // 2, 700:800] < 230).any()
    assert not dark  # no second axis in the middle


def test_one_point_and_a_failed_run(store: Store, tmp_path: Path) -> None:
    jobs = store.sweep("s", {"seed": [0, 1]})
    store.trace(jobs[0], [5.0])
    store.trace(jobs[1], [5.0, 50.0])
    store.failed(jobs[1], "diverged")
    assert write(store, tmp_path / "c.png")
