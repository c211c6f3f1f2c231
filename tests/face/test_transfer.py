"""`nst.transfer`: the command line's picture, from pictures of any form."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.version import getbase
from omegaconf.basecontainer import BaseContainer
from PIL import Image
from sweep.command import TINY, Command

import nst as package
from nst.optimizer.loop import Progress
from nst.pictures.find import find
from nst.pictures.read import read
from nst.pictures.tensors import to_tensor
from nst.sweep.files import data_folder

Keys = dict[str, Any]


def test_every_form_of_a_picture_gives_the_picture_of_the_command_line(nst: Command, here: Path, tiny: Keys) -> None:
    photo = read(find("coffee")).crop((100, 60, 172, 112))
    photo.save(here / "photo.png")
    assert nst(*TINY, "content=photo.png", "style=chelsea", "steps=3", "output=me.png").code == 0
    with Image.open(here / "me.png") as image:
        expected = np.asarray(image)
    levels = np.asarray(photo)
    for content in ("photo.png", here / "photo.png", photo, levels, levels / 255, to_tensor(photo)):
        result = package.transfer(content, "chelsea", **{**tiny, "steps": 3})
        assert np.array_equal(np.asarray(result.image), expected), type(content)
    (job,) = nst.jobs()
    assert package.transfer("photo.png", "chelsea", **{**tiny, "steps": 3}).signature == job
    assert nst.jobs().keys() == {job} and not (here / "cache" / "nst" / "paintings").exists()


def test_the_defaults_are_those_of_the_command_line(nst: Command, tiny: Keys) -> None:
    assert nst.tiny().code == 0
    assert list(nst.jobs()) == [package.transfer(**tiny).signature]


def test_keys_with_dots_and_mappings_are_the_same() -> None:
    dotted = package.make_spec(optimizer="adam", losses={}, **{"optimizer.lr": 0.1, "losses.smooth.loss": "tv"})
    nested = package.make_spec(optimizer={"lr": 0.1, "name": "adam"}, losses={"smooth": {"loss": "tv"}})
    assert dotted == nested and nested.term("smooth") is not None
    assert vars(nested.optimizer)["lr"] == 0.1


def test_a_list_is_a_value_of_a_key_that_takes_lists() -> None:
    spec = package.make_spec(content_layers=["conv_1", "conv_3"], content_layer_weights=(1, 0.5))
    assert spec == package.make_spec(content_layers="conv_1+conv_3", content_layer_weights=[1.0, 0.5])
    term = spec.term("content")
    assert term is not None and term.layers == ("conv_1", "conv_3")


def test_a_name_with_anything_in_it(here: Path) -> None:
    name = "it's, [a] ${b} {c}.png".replace("${b}", "$b")
    read(find("coffee")).crop((0, 0, 40, 40)).save(here / name)
    found = package.make_spec(name).pictures["content"]
    assert getattr(found, "path") == str(here / name)  # noqa: B009


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"contnt": "x"}, "unknown key 'contnt'; did you mean 'content'?"),
        ({"optimizer": "adm"}, "optimizer=adm: no such choice; did you mean 'adam'?"),
        ({"style": "cofee"}, "style=cofee: no picture named 'cofee'"),
        ({"size": "big"}, "size=big: must be a whole number"),
        ({"steps": 0}, "steps"),
        ({"seed": [0, 1]}, "seed: has several values; nst.run_sweep makes a run for each"),
        ({"pair": {"style": "ihc"}}, "pair: is for a sweep"),
        ({"sweep": "sizes"}, "sweep: is for a sweep; nst.run_sweep makes one"),
        ({"hydra/launcher": "joblib"}, "hydra/launcher: is for a sweep"),
        ({"output": "me.png"}, "output: nst.transfer writes nothing to disk"),
        ({"report.rows": "style"}, "report.rows: nst.transfer writes nothing to disk"),
    ],
)
def test_a_mistake_is_a_value_error_of_one_line(keys: Keys, said: str, here: Path) -> None:
    with pytest.raises(ValueError) as error:
        package.transfer(**keys)
    assert isinstance(error.value, package.UserError)
    assert str(error.value).startswith(said) and "\n" not in str(error.value)
    assert set(here.iterdir()) <= {here / "cache"}


def test_a_callback_sees_every_evaluation_and_may_end_it(tiny: Keys, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[int, int]] = []
    package.transfer(**tiny, callback=lambda progress: seen.append((progress.evaluation, progress.steps)))
    assert seen == [(1, 2), (2, 2)]

    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        package.transfer(**tiny, callback=interrupt)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("progress", [True, False])
def test_a_terminal_has_a_bar(
    progress: bool, tiny: Keys, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    package.transfer(**tiny, progress=progress)
    assert ("/2 |" in capsys.readouterr().err) is progress


def of_the_process() -> dict[str, Any]:
    """What libraries change for everybody."""
    cuda, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    return {
        "torch": (torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled()),
        "flags": (cuda.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic),
        "random": (torch.get_rng_state().tolist(), np.random.get_state()[1].tolist()),  # type: ignore[union-attr]
        "hydra": (GlobalHydra.instance().hydra, getbase(), sorted(ConfigStore.instance().repo)),
        "sweeps": sorted(ConfigStore.instance().repo.get("sweep", {})),
        "resolvers": dict(BaseContainer._resolvers),
        "process": (sys.argv[:], os.getcwd(), sys.stdout, sys.stderr),
        "environment": dict(os.environ),
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
    }


def test_nothing_of_the_process_is_left_changed(tiny: Keys, capsys: pytest.CaptureFixture[str]) -> None:
    """Within another Hydra program, whose own resolver has a name of ours, after a success and after a mistake."""
    torch.set_num_threads(2)
    torch.backends.cudnn.benchmark = True
    try:
        with initialize_config_dir(str(data_folder("conf")), job_name="other", version_base="1.2"):
            before = of_the_process()
            package.transfer(**tiny)
            with pytest.raises(package.UserError):
                package.transfer(**tiny, sizes=3)
            package.run_sweep(**{**tiny, "seed": [1, 2]}, init="noise")
            with pytest.raises(ZeroDivisionError):
                package.run_sweep(**{**tiny, "threads": [1, 2], "seed": 3}, init="noise", callback=lambda _: 1 // 0)
            assert of_the_process() == before and before["hydra"][0] is not None
    finally:
        torch.backends.cudnn.benchmark = False
