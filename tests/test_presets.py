"""`preset=` against the values that its file gives, and what may replace them."""

from dataclasses import replace
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from specs import flat
from sweep.command import new_process

from nst.errors import UserError
from nst.spec.records import Adam, Lbfgs, Preconditioner, Spec
from nst.spec.resolve import resolve
from nst.spec.schema import config_from, register
from nst.sweep.files import data_folder

FIVE = ("relu_1", "relu_3", "relu_5", "relu_9", "relu_13")
"""relu1_1 to relu5_1."""
PLAIN = Lbfgs(max_step=0.05, first_step=0.05)
ADAPTIVE = replace(PLAIN, preconditioner=Preconditioner("adaptive", 0.5))
PRESETS: dict[str, dict[str, Any]] = {
    "writeup": {
        "content_layers": ("conv_4",),
        "style_layers": ("conv_1", "conv_2", "conv_3", "conv_4", "conv_5"),
        "style_layer_weights": (1.0,) * 5,
        **{"content_weight": 1.0, "style_weight": 1e6, "tv_weight": 0.0, "steps": 300, "size": 512},
        **{"init": "content", "pooling": "max", "keep": "last", "optimizer": ADAPTIVE},
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
        **{"init": "gaussian", "pooling": "avg", "keep": "last", "optimizer": PLAIN},
    },
    "gatys2017": {
        "content_layers": ("relu_10",),
        "style_layers": FIVE,
        "style_layer_weights": (1.0,) * 5,
        **{"content_weight": 1.0, "style_weight": 3.318e6, "tv_weight": 0.0, "steps": 200, "size": 1024},
        **{"init": "content", "pooling": "avg", "keep": "last", "earlier": ((512, 500),)},
        "optimizer": PLAIN,
    },
    "neural_style": {
        "content_layers": ("relu_10",),
        "style_layers": FIVE,
        "style_layer_weights": (1.0,) * 5,
        **{"content_weight": 1.0, "style_weight": 66355.0, "tv_weight": 1541.0, "steps": 1000, "size": 512},
        **{"init": "gaussian", "pooling": "max", "keep": "last", "resize": "bilinear", "optimizer": PLAIN},
    },
    "pystiche": {
        "content_layers": ("relu_10",),
        "style_layers": FIVE,
        "style_layer_weights": tuple(channels**2 / 5 for channels in (64, 128, 256, 512, 512)),
        **{"content_weight": 1.0, "style_weight": 1000.0, "tv_weight": 0.0, "steps": 500, "size": 500},
        **{"init": "content", "pooling": "max", "keep": "last", "resize": "bilinear", "optimizer": PLAIN},
    },
    "crowson": {
        "content_layers": ("relu_10",),
        "style_layers": FIVE,
        **{"content_weight": 0.015, "style_weight": 1.0, "tv_weight": 2.0, "steps": 500, "size": 512},
        **{"init": "content", "keep": "average", "resize": "bicubic"},
        "earlier": tuple((size, 500) for size in (128, 181, 256, 362)),
        "optimizer": Adam(lr=0.02, beta1=0.9, beta2=0.99, average=0.99, relative_epsilon=1e-8),
    },
    "strotss_like": {
        "content_layers": ("relu_3", "relu_5", "relu_9"),
        "style_layers": FIVE,
        **{"content_weight": 4.0, "style_weight": 1.0, "tv_weight": 0.0, "steps": 250, "size": 512},
        **{"init": "content", "resize": "bilinear", "optimizer": Adam(lr=0.002, relative_epsilon=1e-8)},
        "earlier": tuple((size, 250) for size in (64, 128, 256)),
    },
    "heitz2021": {
        "content_layers": (),
        "style_layers": tuple(f"relu_{number}" for number in range(1, 13)),
        "style_layer_weights": (1.0,) * 12,
        **{"content_weight": 0.0, "style_weight": 1.0, "tv_weight": 0.0, "steps": 4096, "size": 512},
        **{"init": "uniform", "pooling": "avg", "keep": "last", "optimizer": PLAIN},
    },
}
LOSSES = {
    **{"crowson": {"style": "wasserstein"}, "heitz2021": {"style": "sliced"}},
    "strotss_like": {"content": "self_similarity", "style": "remd", "moments": "mean_std"},
}
"""Losses other than the usual ones, by term."""


def spec(*overrides: str) -> Spec:
    """What `python -m nst.run` with these overrides would run."""
    with new_process(), initialize_config_dir(str(data_folder("conf")), version_base="1.3"):
        register()
        return resolve(config_from(compose("config", overrides=["device=cpu", *overrides])))


@pytest.mark.parametrize("preset", PRESETS)
def test_says_what_its_file_says(preset: str) -> None:
    found = spec(f"preset={preset}")
    assert {key: flat(found)[key] for key in PRESETS[preset]} == PRESETS[preset]


@pytest.mark.parametrize("preset", PRESETS)
def test_takes_the_losses_that_its_file_names(preset: str) -> None:
    usual = {"content": "mse", "style": "gram", "tv": "tv"}
    expected = LOSSES.get(preset, {})
    assert {
        term.name: term.loss for term in spec(f"preset={preset}").terms if term.loss != usual.get(term.name)
    } == expected


def test_the_network_of_those_that_change_it() -> None:
    crowson, heitz = spec("preset=crowson").network, spec("preset=heitz2021").network
    assert (crowson.padding, crowson.pooling_scale, crowson.normalise) == ("replicate", None, None)
    assert heitz.padding == "replicate" and str(heitz.normalise).startswith("48 of 128 px ")


def test_crowsons_layers_weigh_256_to_1_and_1_in_all() -> None:
    weights = flat(spec("preset=crowson"))["style_layer_weights"]
    assert weights == pytest.approx([256 / 341, 64 / 341, 16 / 341, 4 / 341, 1 / 341], rel=1e-5)


def test_the_ratio_of_neural_style() -> None:
    """100 s^4 / (5 s^2) for s = 57.6; a TV weight of 1e-3 on half a sum of 255^2 times a mean of 3 x 512 x 512."""
    found = flat(spec("preset=neural_style"))
    assert found["style_weight"] == pytest.approx(100 * 57.6**4 / (5 * 57.6**2), rel=1e-4)
    assert found["tv_weight"] == pytest.approx(1e-3 * 255**2 * 3 * 512**2 / (2 * 5 * 57.6**2), rel=1e-3)


def test_all_are_tested() -> None:
    assert {path.stem for path in data_folder("conf").glob("preset/*.yaml")} == set(PRESETS)


def test_writeup_is_the_default() -> None:
    assert spec() == spec("preset=writeup")


def test_the_ratio_of_gatys() -> None:
    """1e-3 at 512 x 512: 1e3 s^4 / (s^2 C M / 2), s = 57.6, C = 512 channels, M = 64 x 64 positions."""
    assert flat(spec("preset=gatys"))["style_weight"] == pytest.approx(1e3 * 57.6**2 / (512 * 64 * 64 / 2), rel=1e-4)


@pytest.mark.parametrize("preset", PRESETS)
def test_another_optimizer_with_each(preset: str) -> None:
    """One that makes no average cannot keep it."""
    chosen = [f"preset={preset}", "keep=last"]
    assert spec(*chosen, "optimizer=adam").optimizer == Adam(lr=0.02, beta1=0.9, beta2=0.999, relative_epsilon=1e-8)
    assert spec(*chosen, "optimizer=adam", "optimizer.lr=0.1").optimizer == Adam(lr=0.1, relative_epsilon=1e-8)
    assert spec("optimizer=adam", *chosen).optimizer.name == "adam"
    assert spec(*chosen, "optimizer=lbfgs").optimizer == ADAPTIVE
    assert spec(*chosen, "optimizer=lbfgs_plain").optimizer == PLAIN


@pytest.mark.parametrize("preset", [preset for preset in PRESETS if preset not in ("crowson", "strotss_like")])
def test_a_setting_of_its_optimizer(preset: str) -> None:
    found = spec(f"preset={preset}", "optimizer.history=7", "optimizer.clamp=none").optimizer
    own = PRESETS[preset]["optimizer"]
    assert found == replace(own, history=7, clamp="none", max_step=0.0, project_gradient=False)


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
