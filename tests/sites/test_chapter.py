"""One sweep's part of a page, really drawn."""

from pathlib import Path

import pytest
from PIL import Image
from report.conftest import Store
from writeup.conftest import fill

from nst.site import chapter
from nst.site.arguments import Asked
from nst.writeup.site.contents import WRITEUP


def test_drawings_runs_and_pictures(store: Store) -> None:
    fill(store, ["content_layers"])
    asked = Asked(WRITEUP, runs_dir=store.root)
    found = chapter.write("content_layers", asked)
    assert found.is_complete and found.grid is not None and found.grid.full == "content_layers/grid.png"
    assert (asked.site / found.grid.file).stat().st_size <= (asked.site / found.grid.full).stat().st_size
    assert [[word.text for word in run.words] for run in found.runs] == [["conv_1"], ["conv_3"]]
    assert [list(run.pictures) for run in found.runs] == [["image"], ["image"]]
    assert all((asked.site / found.sweep / run.pictures["image"]).is_file() for run in found.runs)
    assert found.settings == "content wally, style picasso, 64 px, 150 steps"


@pytest.mark.usefixtures("undrawn")
def test_pictures_of_earlier_runs_go(store: Store) -> None:
    fill(store, ["sizes"])
    asked = Asked(WRITEUP, runs_dir=store.root)
    old = asked.site / "sizes" / "pictures" / "old.png"
    old.parent.mkdir(parents=True)
    old.touch()
    chapter.write("sizes", asked)
    assert not old.exists() and len(list(old.parent.iterdir())) == 2


@pytest.mark.usefixtures("undrawn")
def test_the_trade_off_of_the_sweeps_own_report(store: Store) -> None:
    fill(store, ["sizes"])
    asked = Asked(WRITEUP, runs_dir=store.root)
    assert chapter.write("sizes", asked).tradeoff is None
    path = store.root / "sweeps" / "sizes" / "report" / "tradeoff.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (6, 4)).save(path)
    found = chapter.write("sizes", asked).tradeoff
    assert found is not None and (found.full, found.width, found.height) == ("sizes/tradeoff.png", 6, 4)
    assert (asked.site / found.full).read_bytes() == path.read_bytes() and (asked.site / found.file).is_file()


def test_a_sweep_that_is_not_there(tmp_path: Path) -> None:
    found = chapter.write("sizes", Asked(WRITEUP, ("size=64",), tmp_path))
    assert (found.status, found.command) == ("not made yet", "python -m nst.run sweep=sizes size=64")
    assert found.plan is None and not found.is_complete and not tmp_path.joinpath("writeup").exists()


def test_a_plan_that_cannot_be_read(store: Store) -> None:
    store.write("sweeps/sizes/plan.json", {"jobs": 3})
    assert "not a plan" in chapter.write("sizes", Asked(WRITEUP, runs_dir=store.root)).status
