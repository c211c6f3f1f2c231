"""`output=`: what may be replaced, what could not be written, both known before anything is computed."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nst.errors import UserError
from nst.pictures.find import file_hash
from nst.pictures.formats.encode import text_in
from nst.result import Result
from nst.spec.records import Blend, PictureFile
from nst.spec.schema import Config
from nst.spec.signature import Spec, signature
from nst.store.provenance import now
from nst.store.record import write_result
from nst.store.store import Store
from nst.sweep.output import check_output, check_store, copy_output

from .command import TINY, Command, Transfers

Configure = Callable[..., Config]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    for folder, _, _ in os.walk(tmp_path):
        os.chmod(folder, 0o755)


def a_picture(name: str) -> Path:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 36), "red").save(name)
    return Path(name)


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", ".", "me.gif", "me", "me.png", "new.png/", "~nobody at all/me.png"])
def test_a_copy_needs_the_name_of_a_picture(name: str, config: Configure, small: Spec) -> None:
    Path("me.png").mkdir()
    with pytest.raises(UserError, match="^output="):
        check_output(config(output=name), small)


def test_names_that_will_do(config: Configure, small: Spec) -> None:
    longest = "a" * 251 + ".png"
    for name in ("new/folder/Me.PNG", longest, "ü ~=.png", "me.jpg", "me.JPEG", "me.webp"):
        check_output(config(output=name), small)
    check_output(config(), small)
    assert os.listdir() == []


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("a" * 252 + ".png", "longer than the 255 bytes allowed"),
        ("new/" + "ä" * 130 + "/me.png", "longer than the 255 bytes allowed"),
        ("a/" * 3000 + "me.png", "File name too long"),
        ("file.txt/me.png", "cannot write to .*file.txt"),
        ("/proc/me.png", "cannot write to /proc"),
        ("/proc/nowhere/me.png", "cannot write to /proc"),
        ("locked/me.png", "cannot write to .*locked"),
        ("locked/new/me.png", "cannot write to .*locked"),
        ("frozen.png", "is read-only"),
        ("pipe.png", "is not a regular file"),
    ],
)
def test_what_cannot_be_written_is_refused_beforehand(output: str, words: str, config: Configure, small: Spec) -> None:
    """Also by root, who could."""
    Path("file.txt").touch()
    Path("locked").mkdir(mode=0o555)
    os.mkfifo("pipe.png")
    a_picture("frozen.png").chmod(0o444)
    with pytest.raises(UserError, match=f"^output=.*: .*{words}"):
        check_output(config(output=output, overwrite=True), small)


# --- what is there already -------------------------------------------------------------------------------------------


def test_a_file_that_nst_did_not_make_is_not_replaced_unasked(config: Configure, small: Spec) -> None:
    a_picture("mine.png")
    Path("damaged.png").write_bytes(b"mine")
    for name in ("mine.png", "damaged.png"):
        with pytest.raises(UserError, match=f"^output={name}: exists, and nst did not make it; overwrite=true"):
            check_output(config(output=name), small)
        check_output(config(output=name, overwrite=True), small)


def test_a_picture_that_nst_made_is(store: Store, config: Configure, small: Spec, result: Result) -> None:
    write_result(store, small, result, now())
    for name in ("me.png", "me.jpg", "me.webp"):
        copy_output(store, small, config(output=name))
        check_output(config(output=name), small)


KINDS = ("content", "style", "init_picture", "source", "mask", "target", "weights")


@pytest.mark.parametrize("way", ["path", "link", "hard link", "a link to its folder"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_input_is_never_replaced(
    kind: str, way: str, config: Configure, make_spec: Callable[..., Spec], small: Spec
) -> None:
    files = {kind: PictureFile(str(a_picture(f"art/{kind}.png").absolute()), kind) for kind in KINDS}
    blend = Blend(files["source"], files["mask"], files["target"], (0, 0), "poisson")
    weights = small.network.weights.__class__("file", files["weights"].path, "weights")
    content = blend if kind in ("source", "mask", "target") else files["content"]
    spec = make_spec(
        content=content, style=files["style"], init="picture", init_picture=files["init_picture"], weights=weights
    )
    output = {"path": f"art/{kind}.png", "a link to its folder": f"others/{kind}.png"}.get(way, "copy.png")
    if way == "link":
        Path(output).symlink_to(files[kind].path)
    elif way == "hard link":
        os.link(files[kind].path, output)
    elif way == "a link to its folder":
        Path("others").symlink_to("art")
    with pytest.raises(UserError, match=f"^output={output}: would replace an input .*{kind}.png"):
        check_output(config(output=output, overwrite=True), spec)


@pytest.mark.parametrize("changes", [{"style": "./mine.png"}, {"pictures": {"cat": "mine.png"}}])
def test_nor_is_a_picture_that_is_named_and_plays_no_part(
    changes: dict[str, object], config: Configure, small: Spec
) -> None:
    a_picture("mine.png")
    with pytest.raises(UserError, match="would replace an input of the run"):
        check_output(config(output="mine.png", overwrite=True, **changes), small)


@pytest.mark.parametrize("output", ["runs/jobs/0123456789ab/image.png", "other/pictures/0123456789ab.png"])
def test_nothing_is_put_into_a_store(output: str, config: Configure, small: Spec, store: Store) -> None:
    Store(Path("other")).mark()
    with pytest.raises(UserError, match="^output=.*: is inside the store .*(runs|other), whose files are nst's own"):
        check_output(config(output=output, overwrite=True), small)
    check_output(config(output="runs/me.png"), small)


# --- the copy --------------------------------------------------------------------------------------------------------


def test_a_copy_of_the_picture(store: Store, config: Configure, small: Spec, result: Result) -> None:
    picture = write_result(store, small, result, now())
    assert copy_output(store, small, config(output="new folder/me.png")) == "new folder/me.png"
    assert Path("new folder/me.png").read_bytes() == picture.read_bytes()


def test_permissions_and_links_survive(store: Store, config: Configure, small: Spec, result: Result) -> None:
    picture = write_result(store, small, result, now())
    a_picture("kept/me.png").chmod(0o640)
    Path("me.png").symlink_to("kept/me.png")
    Path("new.png").symlink_to("kept/new.png")
    for name in ("me.png", "new.png"):
        copy_output(store, small, config(output=name))
        assert Path(name).is_symlink() and Path("kept", name).read_bytes() == picture.read_bytes()
    assert Path("kept/me.png").stat().st_mode & 0o777 == 0o640


def test_a_copy_that_fails_is_one_line(nst: Command, transfers: Transfers) -> None:
    """The folder is gone by the time the run is done."""
    real = transfers.transfer

    def transfer(spec: Spec, **keywords: object) -> Result:
        shutil.rmtree("there")
        Path("there").touch()
        return real(spec, **keywords)

    Path("there").mkdir()
    transfers.transfer = transfer
    answer = nst.tiny("output=there/me.png")
    (name,) = nst.jobs()
    assert answer.code == 1 and answer.lines[0].startswith("done in ")
    assert answer.lines[1:] == [
        f"error: output=there/me.png: File exists: {nst.folder / 'there'}; the picture is in runs/jobs/{name}"
    ]


# --- formats and transparency ----------------------------------------------------------------------------------------


def clear_content(tmp_path: Path, content: Image.Image, make_spec: Callable[..., Spec], small: Spec) -> Spec:
    """A spec with this content."""
    content.save(tmp_path / "clear.png")
    path = tmp_path / "clear.png"
    return make_spec(
        content=PictureFile(str(path), file_hash(path)), content_layers=("conv_1",), style_layers=("conv_2",), size=32
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"output": "me.gif"}, "output=me.gif: must be the name of a .png, .jpg, .jpeg or .webp file"),
        ({"output": "folder"}, "output=folder: is a folder; give a file in it, such as folder/result.png"),
        ({"quality": 0}, "quality=0: must be a whole number from 1 to 100, or lossless"),
        ({"quality": 101}, "quality=101: must be"),
        ({"quality": True}, "quality=True: must be"),
        ({"quality": "best"}, "quality=best: must be"),
        ({"output": "me.jpg", "quality": "lossless"}, "quality=lossless: a JPEG always loses something"),
        ({"alpha": "kep"}, "alpha=kep: unknown; did you mean 'keep'?"),
        ({"output": "me.jpg", "alpha": "keep"}, "alpha=keep: a JPEG has no transparency; use the name of a .png"),
    ],
)
def test_what_no_format_can_hold(keys: dict[str, object], said: str, config: Configure, small: Spec) -> None:
    Path("folder").mkdir()
    with pytest.raises(UserError) as error:
        check_output(config(**keys), small)
    assert str(error.value).startswith(said)


def test_transparency_comes_from_a_content_picture(
    config: Configure, make_spec: Callable[..., Spec], style_only: dict[str, object], chelsea: PictureFile
) -> None:
    with pytest.raises(UserError, match="^alpha=keep: this texture has no content picture; use alpha=drop$"):
        check_output(config(output="me.png", alpha="keep"), make_spec(**style_only))
    blend = Blend(chelsea, None, chelsea, (0, 0), "poisson")
    with pytest.raises(UserError, match="^alpha=keep: a blend has no transparency; use alpha=drop$"):
        check_output(config(output="me.png", alpha="keep"), make_spec(content=blend))


def test_a_webp_is_no_longer_than_its_encoder_allows(
    config: Configure, tmp_path: Path, make_spec: Callable[..., Spec], small: Spec
) -> None:
    spec = clear_content(tmp_path, Image.new("RGB", (320, 80)), make_spec, small)
    wide = make_spec(content=spec.pictures["content"], size=4096)
    with pytest.raises(UserError, match="^output=me.webp: a WEBP has at most 16383 pixels a side, not 16384; use .png"):
        check_output(config(output="me.webp"), wide)
    check_output(config(output="me.jpg"), wide)


@pytest.mark.parametrize(("name", "quality"), [("me.jpg", 95), ("me.webp", 80), ("me.webp", "lossless")])
def test_the_name_decides_the_format(
    name: str, quality: object, store: Store, config: Configure, small: Spec, result: Result
) -> None:
    picture = write_result(store, small, result, now())
    before = picture.read_bytes()
    copy_output(store, small, config(output=name, quality=quality))
    with Image.open(name) as image:
        assert image.format == {"me.jpg": "JPEG", "me.webp": "WEBP"}[name] and image.mode == "RGB"
        off = np.abs(np.asarray(image).astype(int) - np.asarray(result.image))
    assert off.mean() < (12 if quality != "lossless" else 1e-9)
    assert text_in(Path(name)) == text_in(picture) and picture.read_bytes() == before


def test_transparency_is_kept_if_asked_for(
    store: Store, config: Configure, tmp_path: Path, make_spec: Callable[..., Spec], small: Spec, result: Result
) -> None:
    """The left half of the content is clear; the result below it stays, to the level."""
    content = Image.new("RGBA", (96, 64), (200, 100, 50, 0))
    content.paste((10, 200, 30, 255), (48, 0, 96, 64))
    spec = clear_content(tmp_path, content, make_spec, small)
    shown = result.image.resize((48, 32))
    write_result(store, spec, replace(result, image=shown), now())
    for name, quality in (("me.png", 95), ("me.webp", "lossless")):
        copy_output(store, spec, config(output=name, quality=quality, alpha="keep"))
        with Image.open(name) as image:
            assert image.mode == "RGBA" and image.convert("RGB").tobytes() == shown.tobytes()
            alpha = np.asarray(image.getchannel("A"))
        assert not alpha[:, :20].any() and (alpha[:, 28:] == 255).all()
        assert text_in(Path(name))["nst:signature"] == signature(spec)
    copy_output(store, spec, config(output="me.png"))
    with Image.open("me.png") as image:
        assert image.mode == "RGB"


def test_an_opaque_content_is_said(store: Store, config: Configure, small: Spec, result: Result) -> None:
    picture = write_result(store, small, result, now())
    said = copy_output(store, small, config(output="me.png", alpha="keep"))
    assert said == "me.png (the content has no transparency)"
    assert Path("me.png").read_bytes() == picture.read_bytes()


def test_a_run_that_is_done_is_converted(nst: Command, transfers: Transfers) -> None:
    assert nst.tiny("output=me.png").code == 0
    answer = nst.tiny("output=me.jpg", "quality=80", "alpha=drop")
    assert (answer.code, answer.lines[-1], len(transfers.specs)) == (0, "picture: me.jpg", 1)
    assert len(nst.jobs()) == 1
    with Image.open("me.jpg") as image:
        assert image.format == "JPEG"


# --- from the command line -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["content", "style", "init"])
def test_the_command_refuses_its_own_inputs(key: str, nst: Command, transfers: Transfers) -> None:
    before = a_picture("me.png").read_bytes()
    answer = nst.tiny(f"{key}=me.png", "output=./me.png", "overwrite=true")
    assert (answer.code, len(answer.lines)) == (2, 1)
    assert answer.err.startswith("error: output=./me.png: would replace an input of the run, ")
    assert transfers.seeds == [] and Path("me.png").read_bytes() == before and not nst.store.root.exists()


def test_overwriting_is_asked_for_once(nst: Command) -> None:
    a_picture("me.png")
    assert nst.tiny("output=me.png").code == 2
    assert nst.tiny("output=me.png", "overwrite=true").code == 0
    answer = nst.tiny("output=me.png")
    assert answer.code == 0 and answer.lines[-1] == "picture: me.png"


# --- the store -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [(), ("-m", "seed=0,1")], ids=["run", "sweep"])
@pytest.mark.parametrize("folders", [(), ("picture_dirs=[art,./pictures/]",), ("picture_dirs=[link]",)])
def test_inputs_never_go_among_the_users_pictures(
    before: tuple[str, ...], folders: tuple[str, ...], nst: Command, transfers: Transfers
) -> None:
    a_picture("pictures/cat.png")
    Path("link").symlink_to("pictures")
    answer = nst(*before, *TINY, "content=chelsea", "runs_dir=.", *folders)
    assert (answer.code, len(answer.lines), transfers.seeds) == (2, 1, [])
    assert answer.err.startswith("error: runs_dir=.: the inputs of runs would go into pictures, which is in picture_d")
    assert sorted(os.listdir()) == ["link", "pictures"] and os.listdir("pictures") == ["cat.png"]


def test_a_store_beside_them_is_fine(config: Configure) -> None:
    check_store(config(runs_dir=".", picture_dirs=["art"]))
    check_store(config(runs_dir="runs", picture_dirs=["pictures", "."]))


@pytest.mark.parametrize("inner", ["runs/jobs/0123456789ab", "runs/pictures", "runs/sweeps/mine/runs", "link/jobs/x"])
def test_a_store_in_a_folder_of_another_is_refused(inner: str, config: Configure) -> None:
    """The other would move it, or list it among its runs."""
    Store(Path("runs")).mark()
    Path("link").symlink_to("runs")
    with pytest.raises(UserError, match=f"^runs_dir={inner}: is inside the store .*runs, whose files are nst's own$"):
        check_store(config(runs_dir=inner, picture_dirs=[]))
    for beside in ("runs", "link", "runs/of_mine", "other"):
        check_store(config(runs_dir=beside, picture_dirs=[]))


@pytest.mark.parametrize("output", ["twice.png", "folder/in.png", "hard.png", "real/../in.png", "folder/twice.png"])
def test_an_input_by_any_other_name_is_not_replaced(output: str, nst: Command, transfers: Transfers) -> None:
    """Nor with `overwrite=true`: through two links, a linked folder, a hard link, a detour."""
    a_picture("in.png"), a_picture("st.png")
    Path("once.png").symlink_to("in.png")
    Path("twice.png").symlink_to("once.png")
    Path("folder").symlink_to(".")
    Path("hard.png").hardlink_to("in.png")
    Path("real").mkdir()
    before = Path("in.png").read_bytes()
    answer = nst.tiny("content=in.png", "style=st.png", f"output={output}", "overwrite=true")
    assert (answer.code, transfers.seeds, Path("in.png").read_bytes()) == (2, [], before)
    assert len(answer.lines) == 1
    assert answer.lines[0].startswith(f"error: output={output}: would replace an input of the run, ")


@pytest.mark.parametrize("before", [(), ("-m", "seed=0,1")], ids=["run", "sweep"])
@pytest.mark.parametrize(
    ("runs_dir", "words"),
    [("a" * 300, "cannot be used (File name too long)"), ("loop/runs", "cannot be used (Too many levels of"),
     ("~nobody at all/runs", "there is no home folder of that user")],
)  # fmt: skip
def test_a_store_that_cannot_be_reached_is_one_line(
    runs_dir: str, words: str, before: tuple[str, ...], nst: Command, transfers: Transfers
) -> None:
    Path("loop").symlink_to("loop")
    answer = nst(*before, *TINY, f"runs_dir={runs_dir}")
    assert (answer.code, len(answer.lines), transfers.seeds) == (2, 1, [])
    assert answer.err.startswith(f"error: runs_dir={runs_dir}: ") and words in answer.err
