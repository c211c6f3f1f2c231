from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from nst import losses
from nst.spec.resolve import resolve
from nst.spec.schema import BlendConfig, Config
from nst.sweep.values import Value, label, plain_values, varied_keys


def values(config: Config) -> dict[str, Value]:
    return plain_values(config, resolve(config))


def test_says_what_a_run_is(config: Callable[..., Config]) -> None:
    found = values(config(style_layers=["conv_2", "conv_1"], seed=3))
    assert (found["content"], found["style"]) == ("chelsea", "ihc")
    assert (found["content_layers"], found["style_layers"]) == ("conv_4", "conv_1-2")
    assert (found["size"], found["seed"], found["steps"], found["precision"]) == (64, 3, 3, "fp32")
    assert (found["optimizer"], found["style_weight"]) == ("lbfgs", 1e6)


def test_equal_placements_have_one_name(config: Callable[..., Config]) -> None:
    spellings: list[Any] = ["conv_1-3", "conv_1+conv_2+conv_3", ["conv1_1", "conv1_2", "conv2_1"]]
    assert {values(config(style_layers=layers))["style_layers"] for layers in spellings} == {"conv_1-3"}


def test_what_plays_no_part_is_none(config: Callable[..., Config]) -> None:
    texture = values(config(content_weight=0, init="noise"))
    assert (texture["content"], texture["content_layers"]) == (None, None)
    reconstruction = values(config(style_weight=0, init="noise", style="no such picture"))
    assert (reconstruction["style"], reconstruction["style_layers"]) == (None, None)


def test_a_path_is_called_by_its_file(config: Callable[..., Config], chelsea: Any) -> None:
    assert values(config(content=chelsea.path))["content"] == "chelsea"


def test_layer_weights_show_where_they_differ(config: Callable[..., Config]) -> None:
    assert values(config())["style_layer_weights"] is None
    found = values(config(style_layers="conv_1-2", style_layer_weights=[1, 0.5]))
    assert found["style_layer_weights"] == "1, 0.5"


def test_settings_of_the_optimizer_carry_its_name(config: Callable[..., Config]) -> None:
    found = values(config(optimizer={"name": "adam", "lr": 0.1}))
    assert (found["optimizer"], found["optimizer.lr"]) == ("adam", 0.1)


def test_pictures_of_a_further_loss_are_told_by_name(config: Callable[..., Config], chelsea: Any) -> None:
    def pictures(**more: Any) -> tuple[Value, Value]:
        found = values(config(losses={"a": {"loss": "gram", **more}}))
        return found["losses.a.picture"], found["losses.a.shares"]

    assert pictures(picture="coffee") == ("coffee", None)
    assert pictures(picture=chelsea.path) == ("chelsea", None)
    assert pictures(picture=["coffee", "ihc"]) == pictures(picture=["coffee", "ihc"], shares=[2, 2])
    assert pictures(picture=["coffee", "ihc"]) == ("coffee+ihc", None)
    assert pictures(picture=["coffee", "ihc"], shares=[1, 3]) == ("coffee+ihc", "0.25, 0.75")
    assert pictures(picture=["coffee", "ihc"], shares=[0, 3]) == ("ihc", None)
    assert pictures(picture="coffee", weight=0) == pictures() == (None, None)


def test_a_further_loss_of_the_result_alone_has_no_picture(config: Callable[..., Config]) -> None:
    found = values(config(losses={"smooth": {"loss": "tv", "picture": "coffee", "weight": 10}}))
    assert (found["losses.smooth.picture"], found["losses.smooth.weight"]) == (None, 10)


def test_the_style_of_a_further_loss_plays_a_part(config: Callable[..., Config]) -> None:
    def style(**more: Any) -> Value:
        return values(config(style_weight=0, init="noise", losses={"a": {"loss": "gram", **more}}))["style"]

    assert (style(), style(picture=None)) == ("ihc", "ihc")
    assert (style(picture="coffee"), style(weight=0), style(loss="tv")) == (None, None, None)


def test_settings_of_a_further_loss(config: Callable[..., Config], monkeypatch: pytest.MonkeyPatch) -> None:
    class Loss(losses.find("tv")):  # type: ignore[misc]
        @dataclass(frozen=True)
        class Settings:
            power: float = 2.0
            sides: tuple[int, ...] = (1, 2)

    monkeypatch.setitem(losses.PLUGINS.added, "rough", Loss)
    found = values(config(losses={"a": {"loss": "rough", "settings": {"power": 3.0}}}))
    assert (found["losses.a.settings.power"], found["losses.a.settings.sides"]) == (3.0, "1+2")


def test_a_blend_names_both_its_pictures(config: Callable[..., Config]) -> None:
    found = values(config(blend=BlendConfig(source="chelsea", target="coffee", offset=[60, 40])))
    assert (found["content"], found["blend.offset"], found["blend.mode"]) == ("chelsea in coffee", "60,40", "poisson")
    assert found["blend.mask"] == "ellipse"


def test_what_varies_goes_from_slow_to_fast() -> None:
    rows: list[dict[str, Value]] = [
        {"init": init, "seed": seed, "steps": 3, "precision": precision}
        for seed in (0, 1)
        for init, precision in (("noise", "fp32"), ("noise", "bf16"), ("content", "fp32"))
    ]
    assert varied_keys(rows, ["seed", "steps", "init"]) == ["seed", "init", "precision"]
    assert varied_keys(rows[:1], ["seed"]) == []


def test_a_key_that_follows_from_the_swept_ones_is_no_axis() -> None:
    rows: list[dict[str, Value]] = [{"optimizer": "lbfgs", "optimizer.lr": 1}, {"optimizer": "adam"}]
    assert varied_keys(rows, ["optimizer"]) == ["optimizer"]
    assert varied_keys(rows, []) == ["optimizer", "optimizer.lr"]


def test_a_key_that_only_some_runs_have_varies() -> None:
    assert varied_keys([{"a": 1}, {"a": 1, "b": 2}], []) == ["b"]


@pytest.mark.parametrize(
    ("row", "keys", "words"),
    [
        ({"content_layers": "conv_3"}, ["content_layers"], "conv_3"),
        ({"init": "noise", "steps": 300}, ["init", "steps"], "noise, steps 300"),
        ({"style_weight": 1e6}, ["style_weight"], "style weight 1e+06"),
        ({"optimizer.lr": 0.02}, ["optimizer.lr"], "lr 0.02"),
        ({"seed": None}, ["seed"], "seed none"),
        ({"seed": 1}, [], ""),
    ],
)
def test_labels(row: dict[str, Value], keys: list[str], words: str) -> None:
    assert label(row, keys) == words
