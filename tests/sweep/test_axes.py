"""The axes of a sweep from the values of its runs."""

from nst.store.plan import Value
from nst.sweep.axes import varied_keys


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
    assert varied_keys([*rows, {"optimizer": "adam", "optimizer.lr": 1}], []) == ["optimizer", "optimizer.lr"]


def test_a_key_of_one_value_where_it_plays_a_part_is_no_axis_if_others_tell_the_runs_apart() -> None:
    rows: list[dict[str, Value]] = [{"optimizer": "lbfgs", "optimizer.lr": 1}, {"optimizer": "adam"}]
    assert varied_keys(rows, []) == ["optimizer"]


def test_a_setting_that_its_loss_decides_is_no_axis() -> None:
    rows: list[dict[str, Value]] = [
        {"style_loss": "gram", "seed": 0},
        {"style_loss": "mean_std", "style_settings.eps": 1e-5, "seed": 0},
        {"style_loss": "wasserstein", "style_settings.eps": 1e-4, "seed": 1},
    ]
    assert varied_keys(rows, []) == ["style_loss", "seed"]
    again: dict[str, Value] = {"style_loss": "wasserstein", "style_settings.eps": 1e-3, "seed": 1}
    assert varied_keys([*rows, again], []) == ["style_loss", "seed", "style_settings.eps"]


def test_of_two_keys_that_tell_the_same_the_first_is_the_axis() -> None:
    rows: list[dict[str, Value]] = [{"guides": "left: a", "propagation": "simple"}, {}]
    assert varied_keys(rows, []) == ["guides"]


def test_a_key_that_only_some_runs_have_varies() -> None:
    assert varied_keys([{"a": 1}, {"a": 1, "b": 2}], []) == ["b"]
