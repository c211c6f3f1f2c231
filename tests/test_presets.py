"""`preset=` against the values that its file gives, and what may replace them."""

from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from specs import flat
from sweep.command import new_process

from nst.errors import UserError
from nst.spec.records import Adam, Lbfgs, Spec
from nst.spec.resolve import resolve
from nst.spec.schema import config_from, register
from nst.sweep.files import data_folder

PRESETS: dict[str, dict[str, Any]] = {
    "writeup": {
        "content_layers": ("conv_4",),
        "style_layers": ("conv_1", "conv_2", "conv_3", "conv_4", "conv_5"),
        "style_layer_weights": (1.0,) * 5,
        **{"content_weight": 1.0, "style_weight": 1e6, "tv_weight": 0.0, "steps": 300, "size": 512},
        **{"init": "content", "pooling": "max", "keep": "last", "optimizer": Lbfgs(clamp="projected")},
    },
    "tutorial": {
        "content_layers": ("conv_4",),
        "style_layers": ("conv_1", "conv_2", "conv_3", "conv_4", "conv_5"),
        "style_layer_weights": (1.0,) * 5,
        **{"content_weight": 1.0, "style_weight": 1e6, "tv_weight": 0.0, "steps": 320, "size": 512},
        **{
            "init": "content",
            "pooling": "max",
            "keep": "last",
            "optimizer": Lbfgs(clamp="closure", max_step=0.0, project_gradient=False),
        },
    },
    "gatys": {
        "content_layers": ("relu_10",),
        "style_layers": ("relu_1", "relu_3", "relu_5", "relu_9", "relu_13"),
        "style_layer_weights": tuple(channels**2 / 20 for channels in (64, 128, 256, 512, 512)),
        **{"content_weight": 1.0, "style_weight": 3.164, "tv_weight": 0.0, "steps": 500, "size": 512},
        **{"init": "gaussian", "pooling": "avg", "keep": "last", "optimizer": Lbfgs(clamp="projected")},
    },
}


def spec(*overrides: str) -> Spec:
    """What `python -m nst.run` with these overrides would run."""
    with new_process(), initialize_config_dir(str(data_folder("conf")), version_base="1.3"):
        register()
        return resolve(config_from(compose("config", overrides=["device=cpu", *overrides])))


@pytest.mark.parametrize("preset", PRESETS)
def test_says_what_its_file_says(preset: str) -> None:
    found = spec(f"preset={preset}")
    assert {key: flat(found)[key] for key in PRESETS[preset]} == PRESETS[preset]


def test_all_are_tested() -> None:
    assert {path.stem for path in data_folder("conf").glob("preset/*.yaml")} == set(PRESETS)


def test_writeup_is_the_default() -> None:
    assert spec() == spec("preset=writeup")


def test_the_ratio_of_gatys() -> None:
    """1e-3 at 512 x 512: 1e3 s^4 / (s^2 C M / 2), s = 57.6, C = 512 channels, M = 64 x 64 positions."""
    assert flat(spec("preset=gatys"))["style_weight"] == pytest.approx(1e3 * 57.6**2 / (512 * 64 * 64 / 2), rel=1e-4)


@pytest.mark.parametrize("preset", PRESETS)
def test_another_optimizer_with_each(preset: str) -> None:
    assert spec(f"preset={preset}", "optimizer=adam").optimizer == Adam(lr=0.02, beta1=0.9, beta2=0.999)
    assert spec(f"preset={preset}", "optimizer=adam", "optimizer.lr=0.1").optimizer == Adam(lr=0.1)
    assert spec("optimizer=adam", f"preset={preset}").optimizer.name == "adam"


@pytest.mark.parametrize("preset", PRESETS)
def test_a_setting_of_its_optimizer(preset: str) -> None:
    found = spec(f"preset={preset}", "optimizer.history=7", "optimizer.clamp=none").optimizer
    assert found == Lbfgs(history=7, clamp="none", max_step=0.0, project_gradient=False)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_profile_comes_after_it_and_the_command_line_after_both(preset: str) -> None:
    assert (spec(f"preset={preset}", "profile=quick").steps, spec(f"preset={preset}", "profile=quick").size) == (
        150,
        256,
    )
    own = spec("steps=7", f"preset={preset}", "profile=quick")
    assert (own.steps, own.size) == (7, 256)


@pytest.mark.parametrize(
    ("override", "key"),
    [("+typo=3", "typo"), ("+optimizer.typo=1", "optimizer.typo"), ("+report.row=init", "report.row")],
)
def test_keys_that_nobody_knows_are_refused(override: str, key: str) -> None:
    with pytest.raises(UserError, match=f"^unknown key '{key}'"):
        spec(override)


def test_settings_of_the_other_optimizer_are_refused() -> None:
    with pytest.raises(UserError, match="^unknown key 'optimizer.beta1'"):
        spec("+optimizer.beta1=0.5")
