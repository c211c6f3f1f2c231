"""From what Hydra composed of `conf/` to a typed configuration, with nothing dropped on the way."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from specs import flat

from nst.errors import UserError
from nst.spec.resolve import resolve
from nst.spec.schema import BlendConfig, Config, config_from, register

CONF = Path(__file__).parents[2] / "conf"
FAST = ("size=64", "device=cpu", "precision=fp32", "threads=2")
Compose = Callable[..., Config]


@pytest.fixture
def composed() -> Iterator[Compose]:
    """`composed("size=64")`: what that command line means."""
    register()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        yield lambda *overrides: config_from(compose("config", list(overrides)))
    GlobalHydra.instance().clear()


def test_the_defaults_are_those_of_the_schema_or_filled_in(composed: Compose) -> None:
    config = composed()
    assert config.optimizer["name"] == "lbfgs" and config.optimizer["clamp"] == "projected"
    assert config.pictures["wally"] == "chelsea"
    filled = {"optimizer", "pictures", "report"}
    for field in fields(Config):
        if field.name not in filled:
            assert getattr(config, field.name) == getattr(Config(), field.name), field.name


def test_values_arrive_with_their_types(composed: Compose) -> None:
    config = composed("style_weight=9e5", "content_layers=[conv_1,conv_3]", "size=256", "blend.offset=[3,4]")
    assert config.style_weight == 900000.0 and config.size == 256
    assert config.content_layers == ["conv_1", "conv_3"]
    assert config.blend == BlendConfig(offset=[3, 4])


def test_interpolations_are_resolved(composed: Compose) -> None:
    assert composed("pair={content:coffee}", "content=${pair.content}").content == "coffee"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("+typo=3", "^unknown key 'typo'"),
        ("+conten_weight=3", "^unknown key 'conten_weight'; did you mean 'content_weight'"),
        ("+report.row=init", "^unknown key 'report.row'; did you mean 'rows'"),
        ("+quick.size=64", "^quick: is for sweep files"),
    ],
)
def test_keys_outside_the_vocabulary_are_refused_also_with_a_plus(
    composed: Compose, override: str, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        composed(override)


def test_report_keys_are_let_through(composed: Compose) -> None:
    assert composed("report.rows=init", "report.crop=[0,0,9,9]").report == {
        "rows": "init",
        "cols": None,
        "facet": None,
        "layout": "grid",
        "crop": [0, 0, 9, 9],
        "width": None,
        "compare": {"key": None, "base": None},
        "tradeoff": {"method": None, "over": None},
    }


def test_every_preset_is_a_valid_spec(composed: Compose) -> None:
    writeup = resolve(composed(*FAST, "preset=writeup"))
    assert (writeup.steps, flat(writeup)["style_weight"], writeup.start.kind) == (300, 1e6, "content")
    assert getattr(writeup.optimizer, "clamp", None) == "projected"
    tutorial = resolve(composed(*FAST, "preset=tutorial"))
    assert tutorial.steps == 320 and getattr(tutorial.optimizer, "clamp", None) == "closure"
    gatys = resolve(composed(*FAST, "preset=gatys"))
    assert gatys.network.pooling == "avg" and flat(gatys)["content_layers"] == ("relu_10",)
    assert flat(gatys)["style_layers"] == ("relu_1", "relu_3", "relu_5", "relu_9", "relu_13")


def test_the_paper_scale_of_gatys(composed: Compose) -> None:
    """Layer weights C^2 / 4 with w = 1/5, and alpha / beta = 1e-3 in the scale of features divided by s = 57.6."""
    gatys = resolve(composed(*FAST, "preset=gatys"))
    content, style = gatys.terms
    assert style.layer_weights == pytest.approx([c**2 / 4 / 5 for c in (64, 128, 256, 512, 512)])
    ratio = 1e3 * 57.6**4 / (57.6**2 * 512 * 64**2 / 2)
    assert style.weight / content.weight == pytest.approx(ratio, rel=1e-3)


def test_precedence_is_preset_then_profile_then_command_line(composed: Compose) -> None:
    assert composed("profile=quick").steps == 150 and composed("profile=quick").size == 256
    assert composed("preset=gatys", "profile=quick").steps == 150
    assert composed("preset=gatys", "profile=quick", "steps=7").steps == 7


def test_adam_comes_with_its_own_settings(composed: Compose) -> None:
    assert composed("optimizer=adam").optimizer == {
        "name": "adam",
        "lr": 0.02,
        "beta1": 0.9,
        "beta2": 0.999,
        "relative_epsilon": 1e-8,
        "average": None,
    }
