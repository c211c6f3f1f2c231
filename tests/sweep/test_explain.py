import re

import pytest
from hydra import compose, initialize_config_dir
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from nst.errors import UserError
from nst.spec.compose import config_from
from nst.spec.schema import register
from nst.sweep.explain import explain
from nst.sweep.files import data_folder

from .command import new_process


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
        ("size=12.5", "size=12.5: must be a whole number"),
        ("plan=perhaps", "plan=perhaps: must be true or false"),
        ("size=null", "size=null: needs a value"),
        ("content=null", "content=null: needs a value"),
        ("content_layers=[conv_1", "cannot read this argument: .*put quotes around the value: KEY=\"'VALUE'\""),
        ("size=1,2", r"size=1,2 are several values: put -m in front to run each, or write 'size=\[1,2\]' for one run"),
        ("content=${nowhere}", "Interpolation key 'nowhere' not found.*content"),
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


def test_any_other_error_in_one_line() -> None:
    assert explain(HydraException("one\n\n  two  \nthree")) == "one two"
    assert explain(HydraException("")) == "the configuration is wrong"
    with pytest.raises(OmegaConfBaseException) as caught:
        OmegaConf.create({"a": "${b"})
    assert "\n" not in explain(caught.value)
