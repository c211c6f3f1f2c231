import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nst.pictures.folders import listing


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that were walked, one entry a walk."""
    made: list[str] = []
    walk: Callable[..., Iterator[Any]] = os.walk

    def watched(top: str, **options: Any) -> Iterator[Any]:
        made.append(top)
        return walk(top, **options)

    monkeypatch.setattr(os, "walk", watched)
    return made


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute has passed since anything was changed: all folders are settled."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 60 * 10**9)


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"anything")
    return path


def age(*folders: Path) -> None:
    """Make it long ago that anything changed, so that the next change has another time for certain."""
    for top in folders:
        for folder in (top, *top.rglob("*")):
            if folder.is_dir():
                os.utime(folder, (10**9, 10**9))


def names(*folders: Path) -> list[str]:
    """What is listed, first as things are, then again from folders that have settled."""
    found = [path.name for path in listing(folders).files]
    age(*folders)
    assert [path.name for path in listing(folders).files] == found
    return found


def test_settled_folders_are_walked_once(tmp_path: Path, walks: list[str], later: None) -> None:
    touch(tmp_path / "a" / "x.png")
    touch(tmp_path / "b" / "y.png")
    age(tmp_path)
    tops = [tmp_path / "a", tmp_path / "b", tmp_path / "nowhere"]
    for _ in range(5):
        assert [path.name for path in listing(tops).files] == ["x.png", "y.png"]
    assert walks == [str(top) for top in tops]
    assert [path.name for path in listing(tops[1:]).files] == ["y.png"]
    assert len(walks) == 5


def test_every_change_is_noticed(tmp_path: Path, later: None) -> None:
    touch(tmp_path / "a" / "x.png")
    assert names(tmp_path) == ["x.png"]
    touch(tmp_path / "a" / "deep" / "y.png")
    assert names(tmp_path) == ["x.png", "y.png"]
    touch(tmp_path / "a" / "deep" / "z.png")
    assert names(tmp_path) == ["x.png", "y.png", "z.png"]
    (tmp_path / "a" / "x.png").unlink()
    (tmp_path / "a" / "deep" / "z.png").rename(tmp_path / "a" / "deep" / "w.png")
    assert names(tmp_path) == ["w.png", "y.png"]
    (tmp_path / "link").symlink_to(tmp_path / "a" / "deep")
    os.rename(tmp_path / "a", tmp_path / "c")
    assert names(tmp_path) == ["w.png", "y.png"]


def test_a_folder_that_comes_and_goes(tmp_path: Path, later: None) -> None:
    assert names(tmp_path / "pictures") == []
    picture = touch(tmp_path / "pictures" / "x.png")
    assert names(tmp_path / "pictures") == ["x.png"]
    picture.unlink()
    picture.parent.rmdir()
    assert names(tmp_path / "pictures") == []


def test_a_link_that_leads_to_another_folder(tmp_path: Path, later: None) -> None:
    touch(tmp_path / "a" / "x.png")
    touch(tmp_path / "b" / "y.png")
    (tmp_path / "tops").mkdir()
    link, chain = tmp_path / "link", tmp_path / "tops" / "chain"
    link.symlink_to("a")
    chain.symlink_to(link)
    assert names(tmp_path / "tops") == names(link) == ["x.png"]
    link.unlink()
    link.symlink_to("b")
    assert names(tmp_path / "tops") == names(link) == ["y.png"]


def test_a_folder_changed_just_now_is_walked_again(tmp_path: Path, walks: list[str]) -> None:
    """Its time could be the same after a second change within one tick of the clock."""
    touch(tmp_path / "x.png")
    listing([tmp_path])
    listing([tmp_path])
    assert len(walks) == 2


def test_relative_folders_follow_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: None) -> None:
    for name in "ab":
        touch(tmp_path / name / "pictures" / f"{name}.png")
        monkeypatch.chdir(tmp_path / name)
        assert names(Path("pictures")) == [f"{name}.png"]


def test_a_walk_that_is_asked_for(tmp_path: Path, later: None) -> None:
    touch(tmp_path / "x.png")
    here = listing([tmp_path])
    assert listing([tmp_path]) is here
    assert listing([tmp_path], anew=True) is not here


def test_links_to_nothing_are_looked_at_every_time(tmp_path: Path, walks: list[str], later: None) -> None:
    (tmp_path / "x.png").symlink_to(tmp_path / "hidden" / "x.png")
    assert [path.name for path in listing([tmp_path]).dangling] == ["x.png"]
    listing([tmp_path])
    assert len(walks) == 2
