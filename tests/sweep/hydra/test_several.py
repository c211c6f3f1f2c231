"""Folders and patterns as values: on the command line, in files of sweeps, in cases, in a single run."""

from pathlib import Path

import pytest
from PIL import Image

from nst.store.files.atomic import read_json
from sweep.command import Command, Transfers


def paint(*paths: str) -> None:
    """Save small pictures, each of another colour."""
    for number, path in enumerate(map(Path, paths)):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (36, 32), (sum(path.name.encode()) % 256, 40 * number % 256, 99)).save(path)


def planned(nst: Command) -> list[str]:
    """The labels of the one sweep that is planned."""
    (name,) = nst.sweeps()
    plan = read_json(nst.store.sweep(name) / "plan.json") or {}
    return [run["label"] for run in plan["jobs"]]


def shown(lines: list[str]) -> list[str]:
    """The labels that `plan=true` lists."""
    return [line.split(maxsplit=2)[2] for line in lines if line.startswith("  ")]


def test_a_folder_is_an_axis_without_m(nst: Command, transfers: Transfers, no_report: None) -> None:
    paint("photos/b10.png", "photos/b9.png")
    Path("photos/notes.txt").touch()
    answer = nst.tiny("content=photos/")
    assert answer.code == 0 and answer.lines[0] == "content=photos/: 2 pictures; skipped notes.txt"
    assert planned(nst) == ["b9", "b10"]
    assert [Path(spec.pictures["content"].path).name for spec in transfers.specs] == ["b9.png", "b10.png"]  # type: ignore[union-attr]
    plan = read_json(nst.store.sweep(nst.sweeps()[0]) / "plan.json") or {}
    assert plan["varied"] == ["content"] and plan["jobs"][0]["overrides"] == ["content='photos/b9.png'"]
    assert plan["command"].startswith("python -m nst.run -m ") and "photos/" in plan["command"]


def test_the_same_command_is_the_same_sweep_when_a_picture_is_added(
    nst: Command, transfers: Transfers, no_report: None
) -> None:
    paint("photos/a.png", "photos/b.png")
    nst.tiny("content=photos/")
    paint("photos/c.png")
    answer = nst.tiny("content=photos/")
    assert ": 3 runs, 2 done, 1 to do" in answer.lines[0] and planned(nst) == ["a", "b", "c"]


def test_a_folder_of_one_picture_is_one_run(nst: Command, transfers: Transfers) -> None:
    paint("photos/a.png")
    Path("photos/notes.txt").touch()
    answer = nst.tiny("content=photos/", "output=me.png")
    assert answer.code == 0 and Path("me.png").is_file() and nst.sweeps() == []
    assert answer.lines[0] == "content=photos/: 1 picture; skipped notes.txt"


def test_patterns_and_names_mixed_with_other_keys(nst: Command) -> None:
    paint("pictures/monet/a.png", "pictures/monet/b.png", "c d.png")
    answer = nst.sweep("style=monet/,coffee,c*.png", "seed=0,1", "init=noise", "plan=true")
    styles = ["a", "b", "coffee", "c d.png"]
    assert shown(answer.lines) == [f"{style}, seed {seed}" for style in styles for seed in (0, 1)]
    assert shown(nst.tiny("style=*/*/*.png", "init=noise", "plan=true").lines) == ["a", "b"]


def test_a_list_of_styles_is_one_value(nst: Command) -> None:
    paint("photos/a.png", "photos/b.png")
    answer = nst.sweep("style=[coffee,ihc],photos/", "plan=true")
    assert shown(answer.lines) == ["coffee + ihc", "a", "b"]
    answer = nst.tiny("style=[photos/,ihc]", "plan=true")
    assert answer.code == 2 and "is a directory, not a picture" in answer.lines[-1]


def test_masks_are_not_expanded(nst: Command) -> None:
    paint("masks/a.png", "masks/b.png")
    answer = nst.tiny("content_mask=masks/", "plan=true")
    assert answer.code == 2 and "is a directory, not a picture" in answer.lines[-1]


def test_pictures_of_one_name_are_told_apart(nst: Command) -> None:
    paint("x/a.png", "x/a.bmp", "y/b.png", "z/b.png")
    assert shown(nst.tiny("content=x/", "plan=true").lines) == ["a.bmp", "a.png"]
    answer = nst.sweep("content=y/,z/", "plan=true")
    assert shown(answer.lines) == ["y/b.png", "z/b.png"] and "told alike" not in answer.err


def test_names_of_any_kind(nst: Command) -> None:
    names = ["a 'b'.png", "c,d.png", "e=f.png", "g[1].png", "h${i}.png", "ü{j}.png"]
    paint(*(f"photos/{name}" for name in names))
    answer = nst.tiny("content=photos/", "plan=true")
    assert answer.code == 0 and shown(answer.lines) == [name.removesuffix(".png") for name in names]


def test_a_word_for_the_start_is_no_folder(nst: Command) -> None:
    paint("noise/a.png", "noise/b.png", "content/a.png", "content/b.png")
    for word in ("noise", "content"):
        assert nst.tiny(f"init={word}", "plan=true").lines[-1].startswith("1 run, ")
    assert len(shown(nst.tiny("init=noise/", "plan=true").lines)) == 2


def test_in_the_file_of_a_sweep(nst: Command) -> None:
    paint("photos/a.png", "photos/b.png", "styles/c.png", "styles/d.png")
    Path("my/sweeps").mkdir(parents=True)
    head = "content: photos/\n"
    Path("my/sweeps/fixed.yaml").write_text(f"{head}style: coffee\n")
    Path("my/sweeps/swept.yaml").write_text(f'{head}hydra: {{sweeper: {{params: {{style: "styles/*.png,ihc"}}}}}}\n')
    case = "one: {content: photos/, style: [coffee, styles/c.png]}\n  two: {content: chelsea, style: styles/}"
    Path("my/sweeps/cased.yaml").write_text("content: ${pair.content}\nstyle: ${pair.style}\ncases:\n  " + case + "\n")
    found = {
        name: shown(nst.tiny("--config-dir", "my", f"sweep={name}", "plan=true").lines)
        for name in ("fixed", "swept", "cased")
    }
    assert found["fixed"] == ["a", "b"]
    assert found["swept"] == ["c, a", "c, b", "d, a", "d, b", "ihc, a", "ihc, b"]
    assert found["cased"] == ["a, coffee", "b, coffee", "a, c", "b, c", "chelsea, c", "chelsea, d"]
    assert len(shown(nst.tiny("--config-dir", "my", "sweep=fixed", "content=coffee", "plan=true").lines)) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("content=foto/",), "content=foto/: no folder 'foto/': looked in {looked}; did you mean 'photo/'?"),
        (("-m", "style=ihc,*.gif"), "style=*.gif: no picture fits '*.gif': looked in {looked}"),
        (("content=empty/",), "content=empty/: no picture in '{here}/empty'; it is empty"),
    ],
)  # fmt: skip
def test_nothing_there_is_one_line(nst: Command, arguments: tuple[str, ...], message: str) -> None:
    paint("photo/a.png")
    Path("empty").mkdir()
    answer = nst.tiny(*arguments)
    looked = f"'{nst.folder}', '{nst.folder}/pictures'"
    assert answer.code == 2 and answer.lines == [f"error: {message.format(here=nst.folder, looked=looked)}"]
    assert not nst.store.root.exists()


def test_a_broken_picture_in_a_folder_is_refused_before_anything_starts(nst: Command) -> None:
    paint("photos/a.png")
    Path("photos/b.png").write_bytes(b"no picture")
    answer = nst.tiny("content=photos/")
    assert answer.code == 2 and len(answer.lines) == 1 and "content=photos/b.png: cannot read the picture" in answer.err
