"""The settings of `report`, and their errors."""

import pytest

from nst.errors import UserError
from nst.report.read.layout import Compare, Layout, TradeOffKeys, layout, parse_crop, parse_keys, parse_width


def test_settings() -> None:
    found = layout({"rows": "seed", "cols": ["init"], "crop": [0, 0, 9, 9], "layout": None})
    assert found == Layout(("seed",), ("init",), "grid", (0.0, 0.0, 9.0, 9.0))
    assert layout({}) == Layout()


def test_an_unknown_layout_is_answered_with_the_nearest() -> None:
    with pytest.raises(UserError, match="unknown layout 'pair'; did you mean 'pairs'"):
        layout({"layout": "pair"})


def test_what_is_compared() -> None:
    assert layout({"compare": {"key": "size", "base": 256}}).compare == Compare("size", 256)
    assert layout({"compare": {"key": None, "base": None}}).compare == Compare("init", "content")
    assert layout({"compare": {"key": "content_layers", "base": ["conv_1", "conv_4"]}}).compare == Compare(
        "content_layers", "conv_1+conv_4"
    )


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"overr": "steps"}, "unknown key 'tradeoff.overr'; did you mean 'over'"),
        ("steps", "is not {method: KEY,"),
        ({"method": "steps", "over": "steps"}, "steps is the method; over must be another key"),
    ],
)
def test_what_is_no_trade_off(raw: object, said: str) -> None:
    with pytest.raises(UserError, match=said):
        layout({"tradeoff": raw})


def test_the_keys_of_a_trade_off() -> None:
    assert layout({"tradeoff": {"method": "pooling", "over": None}}).tradeoff == TradeOffKeys("pooling")
    assert layout({"tradeoff": None}).tradeoff == TradeOffKeys()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"kye": "size"}, "unknown key 'compare.kye'; did you mean 'key'"),
        ("init", "is not {key: KEY,"),
        ({"base": 3}, "needs compare.key"),
        ({"key": "repeat", "base": 0}, "compare.key=repeat: repeats are what is paired"),
    ],
)
def test_what_cannot_be_compared(raw: object, said: str) -> None:
    with pytest.raises(UserError, match=said):
        layout({"compare": raw})


def test_keys_of_an_axis() -> None:
    assert parse_keys("init × seed") == parse_keys("init,seed") == parse_keys(["init", "seed"]) == ("init", "seed")
    assert parse_keys(None) is None
    with pytest.raises(UserError, match="^7 is neither a key nor a list of keys$"):
        parse_keys(7)


@pytest.mark.parametrize("crop", ["1,2,3", "a,b,c,d", "0,0,0,5", "-1,0,5,5", "0,0,nan,5", [1, 2], 7])
def test_a_crop_is_a_region(crop: object) -> None:
    with pytest.raises(UserError, match="crop"):
        parse_crop(crop)


@pytest.mark.parametrize(("width", "pixels"), [(None, None), (900, 900), ("1200", 1200)])
def test_width(width: object, pixels: int | None) -> None:
    assert parse_width(width) == pixels


@pytest.mark.parametrize("width", [0, 199, 20_001, -900, "wide", 1.5, "²"])
def test_an_odd_width(width: object) -> None:
    with pytest.raises(UserError, match="is not a number of pixels from 200 to 20000"):
        parse_width(width)
