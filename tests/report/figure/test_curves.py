"""Curves: which panels there are, and what is in them."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from nst.report import labels
from nst.report.figure import curves
from nst.report.figure.curves import spread
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


def test_the_losses_at_the_axis_stay_short(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have the room that `5 000 000` takes."""
    (job,) = store.sweep("s", {"seed": [0]})
    store.trace(job, [3e10, 2e3])
    seen: list[str] = []

    def save(figure: Figure, path: Path) -> None:
        figure.canvas.draw()
        seen.extend(text.get_text() for text in figure.axes[0].get_yticklabels())

    monkeypatch.setattr(curves.canvas, "save", save)
    assert write(store, tmp_path / "c.png")
    assert {"1e10", "1e8", f"1{labels.THIN}000{labels.THIN}000", "10\u2009000"} <= set(seen), seen


@pytest.mark.parametrize("count", [1, 13])
def test_no_line_joins_losses_of_different_sizes(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Two lines of two points each, and a single one, in each panel; also where curves are thinned."""
    for job in store.sweep("s", {"seed": range(count)}):
        store.done(job)
        store.trace(job, [])
        path = store.root / "jobs" / job["signature"] / "trace.csv"
        rows = [(1, 32, 9), (2, 32, 4), (3, 45, 8), (4, 64, 7), (5, 64, 3)]
        lines = ["evaluation,seconds,size,total_loss", *(f"{n},{n / 10},{size},{loss}" for n, size, loss in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
    seen: list[list[list[float]]] = []

    def save(figure: Figure, path: Path) -> None:
        seen.extend([line.get_ydata().tolist() for line in plot.lines] for plot in figure.axes)  # type: ignore[union-attr]

    monkeypatch.setattr(curves.canvas, "save", save)
    assert write(store, tmp_path / "c.png")
    assert seen == [[[9, 4], [8], [7, 3]] * count] * 2


def test_losses_beyond_the_axis_are_left_out(store: Store, tmp_path: Path) -> None:
    """The ticks go beyond the least and the largest loss, and must be numbers; a warning fails this."""
    (job,) = store.sweep("s", {"seed": [0]})
    store.trace(job, [5e-324, 1e308, 1e100, 1e-100])
    assert write(store, tmp_path / "c.png")
    store.trace(job, [1e308])
    assert not write(store, tmp_path / "c.png")


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


@pytest.mark.parametrize("count", [2, 13])
def test_names_in_any_script(store: Store, tmp_path: Path, count: int) -> None:
    """Named one by one and by group; a character that no font has would be a warning, which fails."""
    names = ["梵高\n1", "Ван Гог", "نجمة", "🎨", "x$y_1$"]
    for job in store.sweep("s", {"style": [f"{number}{names[number % 5]}" for number in range(count)]}):
        store.trace(job, [9.0, 3.0])
    assert write(store, tmp_path / "c.png", tmp_path / "c.pdf")


def test_names_far_apart_stay() -> None:
    assert spread([10, 90, 50], 20, 0, 100) == [10, 90, 50]


def test_neighbouring_names_part_around_their_middle() -> None:
    assert spread([50, 50], 20, 0, 100) == [40, 60]
    assert spread([50, 52, 90], 20, 0, 100) == [41, 61, 90]


def test_names_are_kept_inside() -> None:
    assert spread([1, 2, 3], 20, 0, 100) == [0, 20, 40]
    assert spread([99, 100], 20, 0, 100) == [80, 100]


def test_too_many_names_share_what_there_is() -> None:
    assert spread([5, 5, 5], 100, 0, 100) == pytest.approx([0, 50, 100])


def test_no_names() -> None:
    assert spread([], 10, 0, 100) == []
