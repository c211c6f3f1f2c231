"""The keys that are the weight and the method, and the measures that no compared loss minimises."""

from typing import Any

import pandas as pd

from nst.report.stats.tradeoff.choice import Choice, choose

from .frames import frame, line, rows

CONSTANTS = {"style_loss": "gram", "content_loss": "mse"}


def table(**columns: list[Any]) -> pd.DataFrame:
    """A frame of keys, and the usual measures."""
    names = ("content_fidelity", "gms_content", "ssim_content", "global_effects", "global_effects_colours")
    found = pd.DataFrame(columns).assign(**dict.fromkeys((*names, "colour_distance_style"), 0.5), state="done")
    found.attrs["keys"] = tuple(columns)
    return found


def known(found: Choice | None) -> Choice:
    assert found is not None
    return found


def names(found: Choice) -> tuple[list[str], list[str]]:
    return [one.name for one in found.content], [one.name for one in found.style]


def test_losses_of_a_style_over_its_weight() -> None:
    found = known(choose(frame(rows("wasserstein", line()), rows("sliced", line())), {}))
    assert (found.over, found.method, found.others) == ("style_weight", "style_loss", ())
    assert names(found) == (["content_fidelity", "gms_content"], ["global_effects", "colour_distance_style"])
    assert [(one.measure.name, one.losses) for one in found.left_out] == [("vgg_frechet_style", ("wasserstein",))]


def test_of_ge_only_the_colours_if_gram_is_compared() -> None:
    found = known(choose(frame(rows("gram", line()), rows("sliced", line())), {}))
    assert names(found)[1] == ["global_effects_colours", "colour_distance_style"]
    assert [(one.measure.name, one.losses) for one in found.left_out] == [("global_effects", ("gram",))]


def test_another_method_leaves_nothing_out() -> None:
    found = known(choose(table(pooling=["max", "avg"] * 2, style_weight=[1.0, 1.0, 2.0, 2.0]), CONSTANTS))
    assert (found.method, found.left_out) == ("pooling", ()) and names(found)[1][0] == "global_effects"


def test_losses_of_the_content_are_not_compared_by_their_own() -> None:
    losses = ["mse", "laplacian", "mse", "laplacian"]
    found = known(choose(table(content_loss=losses, style_weight=[1.0, 1.0, 2.0, 2.0]), {"style_loss": "gram"}))
    assert names(found)[0] == ["ssim_content"]
    assert [one.losses for one in found.left_out] == [("mse",), ("laplacian",)]


def test_methods_that_hide_their_losses_are_not_compared_by_anybody_s_own() -> None:
    """Presets differ in more than they say."""
    found = known(choose(table(preset=["gatys", "crowson"] * 2, style_weight=[1.0, 1.0, 2.0, 2.0]), {}))
    assert names(found) == (["ssim_content"], ["global_effects_colours", "colour_distance_style"])
    assert {one.losses for one in found.left_out} == {()}


def test_a_further_loss_is_not_compared_by_its_own() -> None:
    """Without its weight, with it; what the loss is called stands among the constants, or in a column, or nowhere."""
    weights = {"losses.second.weight": [0.0, 1.0] * 2, "style_weight": [1.0, 1.0, 2.0, 2.0]}
    constants = {"style_loss": "wasserstein", "content_loss": "mse"}
    found = known(choose(table(**weights), {**constants, "losses.second.loss": "gram"}))
    assert found.method == "losses.second.weight" and "global_effects" not in names(found)[1]
    assert [(one.measure.name, one.losses) for one in found.left_out] == [("global_effects", ("gram",))]
    kinds = {"losses.second.loss": [None, "gram"] * 2}
    told = known(choose(table(**weights, **kinds), constants, method="losses.second.weight"))
    assert told.left_out == found.left_out
    hidden = known(choose(table(**weights), constants))
    assert {one.losses for one in hidden.left_out} == {()} and names(hidden)[0] == ["ssim_content"]


def test_the_first_weight_that_varies() -> None:
    keys = {"steps": [50, 100, 50, 100], "optimizer": ["adam", "adam", "lbfgs", "lbfgs"]}
    assert (known(choose(table(**keys), CONSTANTS)).over) == "steps"
    several = {"optimizer": ["adam", "adam", "lbfgs", "lbfgs"], "steps": [50, 100] * 2, "style_weight": [1.0, 2.0] * 2}
    found = known(choose(table(**several), CONSTANTS))
    assert (found.over, found.method, found.others) == ("style_weight", "optimizer", ("steps",))


def test_keys_of_one_s_own() -> None:
    several = table(optimizer=["adam", "adam", "lbfgs", "lbfgs"], steps=[50, 100] * 2, style_weight=[1.0, 2.0] * 2)
    found = known(choose(several, CONSTANTS, method="steps"))
    assert (found.over, found.method, found.others) == ("style_weight", "steps", ("optimizer",))
    assert known(choose(several, CONSTANTS, over="steps")).others == ("style_weight",)


def test_nothing_to_compare() -> None:
    """No weight, no method, no measures; pictures, seeds and repeats are no methods."""
    weights = {"style_weight": [1.0, 2.0]}
    assert choose(table(style_loss=["gram", "sliced"]), {}) is None
    for key in ("content", "style", "seed", "repeat", "threads"):
        assert choose(table(**{key: ["a", "b"]}, **weights), CONSTANTS) is None, key
    bare = table(style_loss=["gram", "sliced"], **weights)
    assert choose(bare, {}) is not None
    for side in (
        ["content_fidelity", "gms_content", "ssim_content"],
        ["global_effects_colours", "colour_distance_style"],
    ):
        assert choose(bare.assign(**dict.fromkeys(side, float("nan"))), {}) is None
