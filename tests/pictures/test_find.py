import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nst.errors import UserError
from nst.pictures.builtin import BUILTIN
from nst.pictures.find import BUILTIN_NAMES, file_hash, find


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of pictures, `pictures`, in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"anything")
    return path


def complaint(*arguments: object) -> str:
    with pytest.raises(UserError) as caught:
        find(*arguments)  # type: ignore[arg-type]
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", BUILTIN)
def test_every_builtin_is_on_disk(name: str) -> None:
    path = find(name)
    assert path.is_absolute() and path.is_file() and path.name == BUILTIN[name].file


def test_names_come_before_builtins_and_from_subfolders(folder: Path) -> None:
    mine = touch(folder / "cats" / "Chelsea.JPG")
    assert find("chelsea", [folder]) == mine
    assert find("chelsea.jpg", [Path("pictures")]) == mine
    assert find("chelsea").name == "chelsea.png"


@pytest.mark.parametrize("stem", ["a b", "été", "a=b&c", "[x]", "wo*w?", "{1..3}", "100%", "don't", "-dash", "a,b"])
def test_odd_names(folder: Path, stem: str) -> None:
    picture = touch(folder / f"{stem}.png")
    touch(folder / "x.png")
    assert find(stem, [folder]) == picture
    assert find(f"{stem}.png", [folder]) == picture
    assert find(f"./pictures/{stem}.png") == picture


def test_accents_are_equal_in_either_encoding(folder: Path) -> None:
    picture = touch(folder / "e\u0301te\u0301.png")
    assert find("\u00e9t\u00e9", [folder]) == picture


def test_stems_of_other_files_and_hidden_folders_do_not_count(folder: Path) -> None:
    touch(folder / "wally.txt")
    touch(folder / ".cache" / "wally.png")
    touch(folder / ".wally.png")
    assert "no picture named 'wally'" in complaint("wally", [folder])
    assert find("wally.txt", [folder]) == folder / "wally.txt"


def test_a_hidden_picture_dir_is_searched_when_it_is_named(folder: Path) -> None:
    picture = touch(folder / ".art" / "wally.png")
    assert find("wally", [folder / ".art"]) == picture


def test_two_files_of_one_stem(folder: Path) -> None:
    touch(folder / "wally.png")
    touch(folder / "b" / "wally.jpeg")
    message = complaint("wally", [folder])
    assert str(folder / "wally.png") in message and str(folder / "b" / "wally.jpeg") in message
    assert "give one of the file names, 'wally.png' or 'wally.jpeg'" in message
    assert find("wally.png", [folder]) == folder / "wally.png"


def test_two_files_of_one_name_need_a_path(folder: Path) -> None:
    for parent in "ab":
        touch(folder / parent / "wally.png")
    assert "give one of the paths" in complaint("wally.png", [folder])


def test_exact_case_decides(folder: Path) -> None:
    touch(folder / "a" / "Wally.png")
    exact = touch(folder / "b" / "wally.png")
    assert find("wally", [folder]) == exact
    assert "fits" in complaint("WALLY", [folder])


def test_links_and_overlapping_folders_are_no_second_file(folder: Path) -> None:
    picture = touch(folder / "a" / "wally.png")
    (folder / "loop").symlink_to(folder)
    (folder / "wally.png").symlink_to(picture)
    assert find("wally", [folder, folder / "a"]).samefile(picture)


def test_paths(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = touch(folder / "wally.png")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    assert find("pictures/wally.png") == find("~/wally.png") == find(str(picture)) == picture
    monkeypatch.chdir(folder)
    assert find("wally.png") == find("./wally.png") == find("../pictures/wally.png") == picture


def test_a_file_here_comes_before_everything(folder: Path) -> None:
    here = touch(folder.parent / "chelsea")
    touch(folder / "chelsea.png")
    assert find("chelsea", [folder], {"chelsea": "coffee"}) == here


def test_mapping_is_applied_once(folder: Path) -> None:
    picture = touch(folder / "wally.png")
    assert find("wally", [folder], {"wally": "chelsea", "chelsea": "coffee"}).name == "chelsea.png"
    assert find("wally", [folder], {"wally": "wally"}) == picture
    assert find("lilies", [], {"lilies": str(picture)}) == picture
    message = complaint("dancing", [folder], {"dancing": "dance"})
    assert "no picture named 'dance' (which 'dancing' stands for)" in message


def test_directories(folder: Path) -> None:
    assert "is a directory" in complaint("pictures")
    assert "is a directory" in complaint("./pictures")
    assert "is a directory" in complaint("~")


def test_unknown_names_say_where_was_looked(folder: Path) -> None:
    touch(folder / "picasso.png")
    message = complaint("picaso", [folder, Path("nowhere")])
    assert "among the built-in pictures" in message
    assert f"in '{folder}'" in message and f"in '{folder.parent / 'nowhere'}' (does not exist)" in message
    assert message.endswith("; did you mean 'picasso'?")
    assert complaint("chelsey", [folder]).endswith("; did you mean 'chelsea'?")
    assert complaint("chelsea.pgn", [folder]).endswith("; did you mean 'chelsea'?")
    assert complaint("zzz").endswith("; choose from " + ", ".join(BUILTIN_NAMES))


def test_a_picture_dir_that_is_a_file(folder: Path) -> None:
    assert "(is not a folder)" in complaint("wally", [touch(folder / "a.png")])


def test_unknown_paths(folder: Path) -> None:
    touch(folder / "picasso.jpeg")
    message = complaint("pictures/picasso.jpg")
    assert message == f"no picture at '{folder / 'picasso.jpg'}'; did you mean 'picasso.jpeg'?"
    assert complaint("art/x.jpg").endswith(f"the folder '{folder.parent / 'art'}' does not exist")


def test_many_candidates_still_make_a_short_line(folder: Path) -> None:
    for number in range(200):
        touch(folder / f"holiday_{number}.jpg")
    assert len(complaint("zzz", [folder])) < 1000


@pytest.mark.parametrize("name", ["", " ", "a\0b", "./a\0b", "x" * 5000, "line\nbreak", "~nobody/x.png", "/dev/null"])
def test_impossible_names(name: str, folder: Path) -> None:
    complaint(name, [folder])


def test_homes_that_nobody_knows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = complaint("~nobody-of-that-name/x.jpg")
    assert message.startswith("no home folder is known for '~nobody-of-that-name' in '~nobody-of-that-name/x.jpg'")
    assert "in '~nobody-of-that-name/art' (no home folder is known for it)" in complaint(
        "wally", [Path("~nobody-of-that-name/art")]
    )
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # what it does without HOME and a user
    assert complaint("~/x.jpg").startswith("no home folder is known for '~' in '~/x.jpg'")
    assert "in '~/art' (no home folder is known for it)" in complaint("wally", [Path("~/art"), folder])
    assert find("chelsea", [Path("~/art")]).name == "chelsea.png"
    here = touch(folder.parent / "~wally.png")
    assert find("~wally.png") == here


def test_links_to_nothing(folder: Path) -> None:
    for link in (folder / "wally.png", folder.parent / "lost.png"):
        link.symlink_to(folder / "gone.png")
    says = f"is a link to '{folder / 'gone.png'}', where there is no file"
    for name in ("pictures/wally.png", "wally", "Wally.png"):
        assert complaint(name, [folder]) == f"'{folder / 'wally.png'}' {says}"
    assert complaint("lost.png", [folder]) == f"'{folder.parent / 'lost.png'}' {says}"
    assert "did you mean" not in complaint("pictures/wall.png") + complaint("wall", [folder])
    (folder / "self.png").symlink_to("self.png")
    assert "is a link to 'self.png'" in complaint("./pictures/self.png")
    picture = touch(folder / "gone.png")
    assert find("wally", [folder]) == folder / "wally.png"
    picture.unlink()
    assert complaint("wally", [folder]).endswith(says)


def test_a_link_to_nothing_hides_no_builtin(folder: Path) -> None:
    (folder / "chelsea.png").symlink_to("gone")
    assert find("chelsea", [folder]).parent != folder
    mine = touch(folder / "gone")
    assert find("chelsea", [folder]).samefile(mine)


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode elsewhere")
def test_names_that_are_not_utf8(folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    touch(folder / name)
    for asked in (f"pictures/{name}", name, "caf\udce9"):
        message = complaint(asked, [folder])
        assert "caf\\udce9.png' is not UTF-8: rename it" in message and message.encode()
    for asked in ("pictures/cafe.png", "cafe.png", "caf"):
        assert complaint(asked, [folder]).encode()


def test_control_characters_do_not_reach_the_terminal(folder: Path) -> None:
    touch(folder / "wally\x1b[31m.png")
    for asked in ("pictures/wally31m.png", "wally31m.png"):
        message = complaint(asked, [folder])
        assert "did you mean 'wally\\x1b[31m.png'" in message


def test_not_a_regular_file(folder: Path) -> None:
    os.mkfifo(folder / "pipe.png")
    assert "not a regular file" in complaint("pictures/pipe.png")
    assert "no picture named" in complaint("pipe", [folder])


def test_file_hash(tmp_path: Path) -> None:
    path = touch(tmp_path / "x")
    assert file_hash(path) == hashlib.sha256(b"anything").hexdigest()
    with pytest.raises(UserError, match="No such file"):
        file_hash(tmp_path / "y")


def test_finding_and_reading_import_nothing_heavy() -> None:
    code = (
        "import sys; from nst.pictures import find, read; "
        "[find.find(name) for name in ('chelsea', 'china', 'grace_hopper')]; "
        "sys.exit(', '.join({'torch', 'scipy', 'skimage', 'sklearn', 'matplotlib'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
