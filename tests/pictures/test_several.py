"""Folders and patterns: the pictures that they stand for, in natural order, and what is said of the rest."""

from pathlib import Path

import pytest

from nst.errors import UserError
from nst.pictures.several import Several, natural, several


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*paths: str) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def pictures(name: str, *folders: str) -> tuple[str, ...]:
    found = several(name, [Path(folder) for folder in folders])
    assert found is not None
    return found.pictures


def test_people_count_in_names() -> None:
    paths = ["IMG_10.jpg", "img_2.jpg", "a/b10/c", "a/b9/c", "a b.jpg", "2.png", "10.png", "é.jpg"]
    ordered = ["2.png", "10.png", "a/b9/c", "a/b10/c", "a b.jpg", "img_2.jpg", "IMG_10.jpg", "é.jpg"]
    assert sorted(paths, key=natural) == ordered


def test_a_folder_in_natural_order_without_what_is_no_picture() -> None:
    make("photos/b10.jpg", "photos/b9.PNG", "photos/notes.txt", "photos/.hidden.jpg", "photos/raw/c.jpg")
    found = several("photos/")
    assert found == Several(("photos/b9.PNG", "photos/b10.jpg"), (".hidden.jpg", "notes.txt", "raw/"))
    assert found.said("photos/") == "photos/: 2 pictures; skipped .hidden.jpg, notes.txt, raw/"


def test_many_skipped_files_are_counted() -> None:
    make("photos/a.jpg", *(f"photos/{number}.txt" for number in range(9)))
    found = several("photos/")
    assert found and found.said("x") == "x: 1 picture; skipped 0.txt, 1.txt, 2.txt and 6 more"
    assert Several(("a.jpg",)).said("x") is None


@pytest.mark.parametrize("name", ["photos", "photos/", "./photos", "./photos/"])
def test_a_folder_however_it_is_typed(name: str) -> None:
    make("photos/a.jpg")
    assert pictures(name) == (f"{name.rstrip('/')}/a.jpg",)


def test_a_name_that_is_a_picture_means_the_picture(here: Path) -> None:
    make("coffee/a.jpg", "wally/a.jpg", "mine/wally.jpg")
    assert several("coffee") is None and several("wally", [Path("mine")]) is None
    assert pictures("coffee/") == ("coffee/a.jpg",)
    assert several("chelsea") is None and several("nothing.jpg") is None and several("mine/wally.jpg") is None


def test_the_working_folder_comes_before_picture_dirs() -> None:
    make("art/monet/b.jpg", "art/monet/deep/c.jpg", "art/d.png")
    assert pictures("monet/", "art") == ("art/monet/b.jpg",)
    assert pictures("monet/*", "art") == ("art/monet/b.jpg",)
    assert [Path(path).name for path in pictures("*.jpg", "art")] == ["b.jpg", "c.jpg"]
    make("Makefile", "art/Mary.jpg")
    assert [Path(path).name for path in pictures("M*", "art")] == ["Mary.jpg"]  # nothing here is a picture
    make("monet/a.jpg", "x.jpg")
    assert pictures("monet/", "art") == pictures("monet/*", "art") == ("monet/a.jpg",)
    assert pictures("*.jpg", "art") == ("x.jpg",)


def test_an_alias_may_be_a_folder() -> None:
    make("photos/a.jpg")
    assert several("wally", [], {"wally": "photos/"}) == Several(("photos/a.jpg",))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("p/*.jpg", ("p/a.jpg", "p/b.jpg")),
        ("p/*.png", ("p/C.PNG",)),  # in any case, for none fits as spelt
        ("p/[ab].jpg", ("p/a.jpg", "p/b.jpg")),
        ("p/?.jpg", ("p/a.jpg", "p/b.jpg")),
        ("p/**/*.jpg", ("p/a.jpg", "p/b.jpg", "p/q/d.jpg")),
    ],
)
def test_patterns(pattern: str, found: tuple[str, ...]) -> None:
    make("p/b.jpg", "p/a.jpg", "p/C.PNG", "p/q/d.jpg", "p/.e.jpg")
    assert pictures(pattern) == found
    assert several("p/[xy].jpg") is None  # left to the message about a name, which knows those near


def test_a_file_of_that_name_is_that_file() -> None:
    make("a[1].jpg", "a1.jpg", "mine/b?.jpg", "mine/bb.jpg")
    assert several("a[1].jpg") is None and several("b?.jpg", [Path("mine")]) is None
    assert pictures("a[1-2].jpg") == ("a1.jpg",)


def test_links_to_one_file_count_once() -> None:
    make("photos/a.jpg")
    Path("photos/b.jpg").symlink_to("a.jpg")
    Path("photos/c.jpg").symlink_to("missing.jpg")
    assert several("photos/") == Several(("photos/a.jpg",), ("c.jpg",))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty/", "no picture in '{here}/empty'; it is empty"),
        ("texts/", "no picture in '{here}/texts'; there is a.txt, b.txt"),
        ("texts/*", "no picture that fits 'texts/*'; there is a.txt, b.txt"),
        ("texs/", "no folder 'texs/': looked in '{here}', '{here}/art'; did you mean 'texts/'?"),
        ("*.gif", "no picture fits '*.gif': looked in '{here}', '{here}/art'; there is a.jpg"),
        ("art/*.gif", "no picture fits 'art/*.gif': looked in '{here}/art', '{here}/art/art'; there is a.jpg"),
    ],
)
def test_nothing_found(here: Path, name: str, message: str) -> None:
    make("texts/a.txt", "texts/b.txt", "art/a.jpg")
    Path("empty").mkdir()
    with pytest.raises(UserError) as error:
        several(name, [Path("art")])
    assert str(error.value) == message.format(here=here)
