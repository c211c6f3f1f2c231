import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from nst.errors import UserError
from nst.spec.schema import config_from, register
from nst.sweep.files import data_folder
from nst.sweep.hydra.errors import explain, refuse_list, several_meant

from ..command import Command, new_process


def test_a_message_for_users_passes_as_it_is() -> None:
    assert explain(UserError("size=3: too small")) == "size=3: too small"


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("contnet=a", "unknown key 'contnet'; did you mean 'content'?"),
        ("blend.sorce=a", "unknown key 'blend.sorce'; did you mean 'blend.source'?"),
        ("optimizer.histroy=3", "unknown key 'optimizer.histroy'; did you mean 'optimizer.history'?"),
        ("optimizer=lbgfs", "optimizer=lbgfs: no such choice; did you mean 'lbfgs'?"),
        ("profile=fast", "profile=fast: no such choice; choose from full, quick"),
        ("preset=gaty", "preset=gaty: no such choice; did you mean 'gatys'?"),
        ("content_weight=heavy", "content_weight=heavy: must be a number"),
        ("steps=12.5", "steps=12.5: must be a whole number"),
        ("plan=perhaps", "plan=perhaps: must be true or false"),
        ("steps=null", "steps=null: needs a value"),
        ("content=null", "content=null: needs a value"),
        ("content_layers=[conv_1", "cannot read this argument: .*put quotes around the value: KEY=\"'VALUE'\""),
        ("size=1,2", "size=1,2 are several values: put -m in front to run each"),
        (
            "style_layers=conv_1,conv_2",
            "style_layers=conv_1,conv_2 are several values: put -m in front to run each, "
            "or write 'style_layers=[conv_1,conv_2]' for one run",
        ),
        ("content=${nowhere}", "content takes its value from 'nowhere', which does not exist"),
        ("content=${pair.content}", "content takes its value from 'pair.content', which does not exist"),
        ("profle=quick", "unknown key 'profle'; did you mean 'profile'?"),
        ("pupose=mine", "unknown key 'pupose'"),
        ("hydra.sweepr=1", "unknown key 'hydra.sweepr'; did you mean 'hydra.sweeper'?"),
        ("hydra/launcher=foo", "hydra/launcher=foo: no such choice; choose from joblib, slurm, slurm_local, ray"),
    ],
)
def test_errors_of_hydra_in_one_line(override: str, line: str) -> None:
    with new_process(), initialize_config_dir(str(data_folder("conf")), version_base="1.3"):
        register()
        with pytest.raises((HydraException, OmegaConfBaseException)) as caught:
            config_from(compose("config", overrides=[override]))
    found = explain(caught.value)
    assert re.fullmatch(line, found) if "\\" in line or ".*" in line else found == line
    assert "\n" not in found


def test_a_pair_without_what_is_asked_of_it() -> None:
    node = OmegaConf.create({"pair": {"content": "a", "stile": "b"}, "style": "${pair.style}"})
    with pytest.raises(OmegaConfBaseException) as caught:
        OmegaConf.to_container(node, resolve=True)
    assert explain(caught.value) == "pair has no 'style' (it has content, stile)"


@pytest.mark.parametrize("key", ["init", "size", "optimizer", "preset", "pair", "blend.mode"])
def test_a_list_is_no_way_to_give_several_values(key: str) -> None:
    with pytest.raises(UserError, match=f"^{key}: several values are written with commas, {key}=a,b, not as a list$"):
        refuse_list(key, ["a", "b"])


@pytest.mark.parametrize(
    "key",
    ["content_layers", "style_layer_weights", "picture_dirs", "blend.offset", "report.rows", "hydra.launcher.setup"],
)
def test_but_a_list_may_be_one_value(key: str) -> None:
    refuse_list(key, ["a", "b"])


def test_an_error_of_the_system_without_its_number() -> None:
    assert explain(OSError(28, "No space left on device", "a.png")) == "No space left on device: a.png"


def test_any_other_error_in_one_line() -> None:
    assert explain(HydraException("one\n\n  two  \nthree")) == "one two"
    assert explain(HydraException("")) == "the configuration is wrong"
    with pytest.raises(OmegaConfBaseException) as caught:
        OmegaConf.create({"a": "${b"})
    assert "\n" not in explain(caught.value)


BROKEN = 'raise OSError("libcublas.so.12: cannot open shared object file")'


@pytest.mark.parametrize("before", [(), ("-m", "seed=0,1")])
def test_a_broken_installation_shows_its_reason(before: tuple[str, ...], tmp_path: Path) -> None:
    """As of PyTorch without its CUDA libraries."""
    (tmp_path / "torch.py").write_text(BROKEN)
    path = os.pathsep.join([str(tmp_path), *sys.path])
    ended = subprocess.run(
        [sys.executable, "-m", "nst.run", *before],
        **{"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": path}, "capture_output": True, "text": True},
    )
    assert ended.returncode == 2 and ended.stderr == (
        "error: a part of nst cannot be imported: OSError: libcublas.so.12: cannot open shared object file\n"
    )


def test_a_report_that_cannot_be_made_shows_its_reason(nst: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of pandas on a machine without one of its libraries."""
    monkeypatch.setattr("nst.sweep.progress.LivePage.begin", lambda _: None)
    monkeypatch.setitem(sys.modules, "nst.report.build", None)
    answer = nst.sweep("seed=0,1", "name=mine")
    assert answer.code == 1 and answer.err.count("done in") == 2
    assert answer.lines[-1] == (
        "report: could not be written (a part of nst cannot be imported: ModuleNotFoundError: "
        "import of nst.report.build halted; None in sys.modules); python -m nst.report mine"
    )


def test_a_launcher_that_cannot_be_imported_shows_its_reason(
    nst: Command, monkeypatch: pytest.MonkeyPatch, no_report: None
) -> None:
    monkeypatch.setitem(sys.modules, "joblib", None)
    for name in [name for name in sys.modules if name.startswith("hydra_plugins.hydra_joblib_launcher._core")]:
        monkeypatch.delitem(sys.modules, name)
    answer = nst.sweep("seed=0,1", "hydra/launcher=joblib")
    assert answer.code == 2 and answer.lines[-1] == (
        "error: a part of nst cannot be imported: ModuleNotFoundError: import of joblib halted; None in sys.modules"
    )


def test_a_setting_of_another_optimizer_is_told_by_its_owner(nst: Command) -> None:
    for optimizer, setting, owner in (
        ("adam", "history", "lbfgs"),
        ("adam", "preconditioner.exponent", "lbfgs"),
        ("lbfgs", "beta1", "adam"),
    ):
        answer = nst.tiny(f"optimizer={optimizer}", f"optimizer.{setting}=1")
        said = f"error: optimizer.{setting}: is a setting of optimizer={owner}, which is not chosen here\n"
        assert (answer.code, answer.err) == (2, said)


@pytest.mark.parametrize("key", ["style", "content", "init", "blend.source"])
def test_several_pictures_for_a_single_run(key: str, nst: Command) -> None:
    more = ("blend.target=chelsea",) if key.startswith("blend") else ()
    answer = nst.tiny(f"{key}=coffee,ihc", *more)
    assert answer.code == 2 and len(answer.lines) == 1
    assert (
        answer.err.startswith(f"error: {key}=coffee,ihc: ") and "or several, put -m in front to run each" in answer.err
    )


def test_several_styles_may_be_meant_for_one_run(nst: Command) -> None:
    answer = nst.tiny("style=coffee,ihc")
    assert answer.err.endswith(
        "? For several, put -m in front to run each, or write 'style=[coffee,ihc]' for one run\n"
    )
    answer = nst.tiny("style=[coffee,ihc],brick")
    assert answer.err == "error: style=[coffee,ihc],'brick' are several values: put -m in front to run each\n"


@pytest.mark.parametrize("text", ["style=coffe: no picture named 'coffe'", "size=1,2: too small", "no picture, a=b"])
def test_where_one_is_meant_nothing_is_added(text: str) -> None:
    assert several_meant(text) == ""
