"""Animations: their frames, in step, bounded, and made only once."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nst.report.animation import animate, files
from nst.report.animation.animate import sequences, thinned
from nst.report.context import ReportContext
from nst.report.figure import axes
from nst.report.figure.pictures import size_of
from nst.report.read import frame
from nst.store.plan import read_plan
from report.conftest import Store

START, RESULT = (250, 250, 250), (10, 10, 10)


def plain(path: Path, grey: int, size: tuple[int, int] = (48, 32)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (grey, grey, grey)).save(path)


def moving(store: Store, counts: tuple[int, ...], every: int = 10) -> list[Path]:
    """Runs of `counts` frames, from grey 200 in steps of 20 down; start 250, result 10; returns their folders."""
    folders = []
    for job, count in zip(store.sweep("s", {"seed": range(len(counts))}), counts, strict=True):
        store.done(job, size=(48, 32), evaluations=every * count + 5)
        folder = store.root / "jobs" / job["signature"]
        plain(folder / "start.png", 250)
        plain(folder / "image.png", 10)
        for number in range(count):
            plain(folder / "frames" / f"{every * (number + 1):06}.png", 200 - 20 * number)
        folders.append(folder)
    return folders


def context(store: Store) -> ReportContext:
    plan = read_plan(store.store, "s")
    folder = store.root / "sweeps" / "s" / "report"
    return ReportContext(plan, frame.frame(plan, store.store), axes.choose(plan), None, store.store, folder)


def greys(path: Path, x: int, y: int) -> list[int]:
    """The brightness at one place in every frame of a file, to tens."""
    with Image.open(path) as image:
        found = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            found.append(round(float(np.asarray(image.convert("L"))[y, x]), -1))
        return [int(grey) for grey in found]


def written(store: Store) -> set[str]:
    """The files in `motion/`."""
    return {path.name for path in (context(store).folder / "motion").iterdir()}


def test_a_run_moves(store: Store) -> None:
    (folder,) = moving(store, (3,))
    animate.write(context(store))
    suffixes = (".webp", *([".mp4"] if files.has_video() else []))
    assert written(store) == {"made.json", *(folder.name + suffix for suffix in suffixes)}
    assert size_of(context(store).folder / "motion" / f"{folder.name}.webp") == (48, 32)
    assert greys(context(store).folder / "motion" / f"{folder.name}.webp", 24, 16) == [250, 200, 180, 160, 10]


def test_a_grid_moves_in_step(store: Store) -> None:
    """Cells of 192 x 128 below a title and words; the one with fewer frames has its result while the other goes on."""
    moving(store, (1, 3))
    animate.write(context(store))
    path = context(store).folder / "motion" / "grid.webp"
    assert greys(path, 100, 110) == [250, 200, 10, 10, 10, 10]  # at 0, 10, 15, 20, 30, 35
    assert greys(path, 300, 110) == [250, 200, 200, 180, 160, 10]


def scaled(store: Store) -> Path:
    """A run of two sizes: the start and the first frame are 12 x 8, half black and half white, the rest 48 x 32."""
    (folder,) = moving(store, (2,))
    for path, dark in ((folder / "start.png", 250), (folder / "frames" / "000010.png", 200)):
        image = Image.new("RGB", (12, 8), (dark,) * 3)
        image.paste((0, 0, 0), (0, 0, 6, 8))
        image.save(path)
    return folder


def test_frames_of_earlier_scales_are_enlarged(store: Store) -> None:
    """All of the picture is shown, at the last size: black left and grey right, and no squares where they meet."""
    folder = scaled(store)
    (sequence,) = sequences(context(store).plan, context(store).frame)
    assert sequence.size == (48, 32) and sequence.evaluations == (0, 10, 20, 25)
    animate.write(context(store))
    path = context(store).folder / "motion" / f"{folder.name}.webp"
    assert size_of(path) == (48, 32)
    assert greys(path, 8, 16) == [0, 0, 180, 10] and greys(path, 40, 16) == [250, 200, 180, 10]
    found = animate._read(folder / "start.png", (48, 32), (48, 32))[16, :, 0].tolist()
    assert len(set(found[16:32])) > 6  # nearest neighbours would have two


def test_so_are_they_in_the_grid(store: Store) -> None:
    scaled(store)
    plan = context(store).plan
    jobs = store.sweep("s", {"seed": range(2)})
    assert len(jobs) == 2 and plan.runs[0].signature == jobs[0]["signature"]
    animate.write(context(store))
    path = context(store).folder / "motion" / "grid.webp"
    assert greys(path, 60, 110)[:3] == [0, 0, 180] and greys(path, 180, 110)[:3] == [250, 200, 180]


@pytest.mark.parametrize(
    ("size", "expected"),
    [((48, 32), True), ((12, 8), True), ((13, 8), True), ((8, 8), False), ((12, 32), False), ((96, 64), False)],
)
def test_what_is_a_smaller_size_of_the_same_shape(size: tuple[int, int], expected: bool) -> None:
    assert animate._is_scale_of(size, (48, 32)) is expected


def test_what_is_up_to_date_is_kept(store: Store) -> None:
    folder = moving(store, (2, 2))[0]
    animate.write(context(store))
    made = {path.name: path.stat().st_mtime_ns for path in (context(store).folder / "motion").glob("*.webp")}
    animate.write(context(store))
    assert made == {path.name: path.stat().st_mtime_ns for path in (context(store).folder / "motion").glob("*.webp")}
    plain(folder / "frames" / "000030.png", 99)
    animate.write(context(store))
    again = {path.name: path.stat().st_mtime_ns for path in (context(store).folder / "motion").glob("*.webp")}
    assert {name for name in made if again[name] != made[name]} == {"grid.webp", f"{folder.name}.webp"}


def test_what_no_longer_moves_goes(store: Store) -> None:
    moving(store, (2,))
    animate.write(context(store))
    store.sweep("s", {"size": [1]})
    animate.write(context(store))
    assert not (context(store).folder / "motion").exists()


def test_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most so many frames, and smaller where there is no room for the fewest at full size."""
    (folder,) = moving(store, (9,))
    monkeypatch.setattr(animate, "FRAMES", 4)
    monkeypatch.setattr(animate, "RUNS_PIXELS", 4 * 24 * 16)
    animate.write(context(store))
    path = context(store).folder / "motion" / f"{folder.name}.webp"
    assert size_of(path) == (24, 16)
    assert len(greys(path, 12, 8)) == 4


def test_thinned_keeps_both_ends() -> None:
    assert thinned(range(3), 5) == [0, 1, 2]
    assert thinned(range(9), 5) == [0, 2, 4, 6, 8]


def test_a_course_goes_from_the_start_to_the_result(store: Store) -> None:
    moving(store, (2,))
    (sequence,) = sequences(context(store).plan, context(store).frame)
    assert sequence.evaluations == (0, 10, 20, 25)
    assert [path.name for path in sequence.frames] == ["start.png", "000010.png", "000020.png", "image.png"]
    assert [sequence.at(moment).name for moment in (0, 9, 10, 24, 99)] == [
        *("start.png", "start.png", "000010.png", "000020.png", "image.png")
    ]


def test_what_is_no_frame_is_passed_over(store: Store) -> None:
    (folder,) = moving(store, (2,))
    (folder / "frames" / "000015.png").write_bytes(b"no picture")
    (folder / "frames" / "note.png").write_bytes(b"")
    plain(folder / "start.png", 0, (8, 8))
    (sequence,) = sequences(context(store).plan, context(store).frame)
    assert [path.name for path in sequence.frames] == ["000010.png", "000020.png", "image.png"]
    for path in sequence.frames[1:]:
        path.unlink()
    assert sequences(context(store).plan, context(store).frame) == []
