"""Keys and values in words."""

import math

import pytest

from nst.report import labels
from nst.store.plan import Value

ONE: dict[str, Value] = {"content_weight": 1}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("content_layers", "conv_3", "conv_3"),
        ("size", 512, "512 px"),
        ("seed", 0, "seed 0"),
        ("seed", 20261127, "seed 20261127"),
        ("steps", 300, "300 steps"),
        ("init", "uniform", "uniform noise"),
        ("init", "noise", "uniform noise"),
        ("init", "content", "content"),
        ("style", "/home/me/art/café au lait.jpeg", "café au lait"),
        ("style", r"C:\art\picasso.png", "picasso"),
        ("style", "the_scream", "the_scream"),
        ("style", None, "none"),
        ("deterministic", True, "yes"),
        ("tv_weight", 1e-6, "1e-6"),
        ("tv_weight", 0.25, "0.25"),
        ("style_weight", 1e6, "1\u2009000\u2009000"),
    ],
)
def test_values(key: str, value: Value, said: str) -> None:
    assert labels.value(key, value) == said


def test_a_ratio_where_the_content_weight_is_one() -> None:
    assert labels.value("style_weight", 900000.0, ONE) == "900\u2009000 : 1"
    assert labels.title("style_weight", ONE) == "style weight : content weight"
    assert labels.title("style_weight", {"content_weight": 5}) == "style weight"


def test_titles() -> None:
    assert labels.title("content_layers") == "content layers"
    assert labels.titles(("init", "optimizer.lr")) == "init × learning rate"


def test_words_that_say_nothing_alone_have_their_key() -> None:
    assert labels.phrase("balance", "none") == "balance none"
    assert labels.phrase("padding", "zeros") == "zeros"
    assert [labels.phrase("size", size) for size in (512, "original")] == ["512 px", "size original"]


def test_phrases_name_bare_numbers() -> None:
    values: dict[str, Value] = {"init": "gaussian", "seed": 1, "tv_weight": 0.1, "style": None, "style_weight": 8e5}
    assert labels.phrases(values, ("init", "seed", "tv_weight"), ONE) == "gaussian noise · seed 1 · TV weight 0.1"
    assert labels.phrases(values, ("style", "style_weight"), ONE) == "style none · 800\u2009000 : 1"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (3.0, "3"),
        (1500, "1500"),
        (12345.0, "12\u2009345"),
        (0.00000312, "3.12e-6"),
        (2.3456789, "2.346"),
        (-2, "-2"),
        (9999.7, "10\u2009000"),
    ],
)
def test_numbers(found: float, said: str) -> None:
    assert labels.number(found) == said


def test_numbers_that_are_none() -> None:
    assert [labels.number(found) for found in (math.nan, math.inf, -math.inf)] == ["–", "∞", "−∞"]


def test_below_a_head_that_names_the_key() -> None:
    assert [labels.bare("seed", 20261127), labels.bare("size", 512), labels.bare("init", "noise")] == [
        "20261127",
        "512 px",
        "uniform noise",
    ]


def test_values_that_would_read_the_same_are_written_out() -> None:
    said = labels.distinct("tv_weight", [0.12341, 0.12342, 0.5])
    assert list(said.values()) == ["0.12341", "0.12342", "0.5"]
    assert list(labels.distinct("style", ["a/cat.jpg", "b/cat.jpg", "c/dog.jpg"]).values()) == [
        *("a/cat.jpg", "b/cat.jpg", "dog")
    ]


def test_crops() -> None:
    assert labels.crop((0, 0, 100, 100)) == "(0, 0) – (100, 100) px"
    assert labels.crop((0.25, 0, 0.5, 1)) == "25–75 % × 0–100 %"


@pytest.mark.parametrize(
    ("key", "found", "constants", "said"),
    [
        ("style", "art/a.jpg + b.png", {}, "a + b"),
        ("style", "a + b", {"style_shares": "0.7, 0.3"}, "0.7 a + 0.3 b"),
        ("style_shares", "0.7, 0.3", {"style": "art/a.jpg + b"}, "0.7 a + 0.3 b"),
        ("style_shares", "0, 1", {"style": "a + b"}, "b"),
        ("style_shares", None, {"style": "a + b"}, "0.5 a + 0.5 b"),
        ("style_shares", "0.7, 0.3", {}, "0.7, 0.3"),
    ],
)
def test_styles_with_their_shares(key: str, found: Value, constants: dict[str, Value], said: str) -> None:
    assert labels.value(key, found, constants) == said


def test_styles_and_shares_that_both_vary_are_said_once() -> None:
    values: dict[str, Value] = {"style": "a + b", "style_shares": "0.7, 0.3", "seed": 1}
    assert labels.phrases(values, ["style", "style_shares", "seed"]) == "0.7 a + 0.3 b · seed 1"


def test_the_names_of_the_styles_of_a_run() -> None:
    assert labels.pictures("style", {"style": "art/a.jpg + b + c", "style_shares": "0.5, 0, 0.5"}) == ["a", "c"]
    assert labels.pictures("content", {"content": "art/a.jpg"}) == ["a"]
