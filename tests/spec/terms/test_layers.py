"""Every spelling of a placement is one tuple; what is no placement is answered with the nearest valid name."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nst import networks
from nst.errors import UserError
from nst.networks.base.architecture import layer_number
from nst.spec.terms.layers import compact, depth_order, pair_weights
from nst.spec.terms.layers import parse_layers as parse

VGG19 = networks.architecture("vgg19")
NUMBERS = st.sets(st.integers(1, 16), min_size=1)


def parse_layers(value: Any, key: str = "layers", network: str = "vgg19") -> tuple[str, ...]:
    return parse(value, networks.architecture(network), key)


@pytest.mark.parametrize(
    "spelling",
    [
        "conv_3-5",
        "conv_3-conv_5",
        "conv_3+conv_4+conv_5",
        "conv_3 + conv_4-5",
        "conv2_1+conv2_2+conv3_1",
        "conv2_1-conv3_1",
        "conv2_1-2+conv_5",
        ["conv_3", "conv_4", "conv_5"],
        ["conv_3-4", "conv3_1"],
        ("conv_3", "conv_4+conv_5"),
    ],
)
def test_every_spelling_gives_one_tuple(spelling: Any) -> None:
    assert parse_layers(spelling) == ("conv_3", "conv_4", "conv_5")


@pytest.mark.parametrize("spelling", ["none", None, [], ["none"]])
def test_no_layer_at_all(spelling: Any) -> None:
    assert parse_layers(spelling) == ()


@pytest.mark.parametrize(
    ("spelling", "layer"),
    [("conv4_2", "conv_10"), ("relu4_2", "relu_10"), ("relu_10", "relu_10"), ("conv5_4", "conv_16")],
)
def test_simonyans_names_count_within_a_block(spelling: str, layer: str) -> None:
    assert parse_layers(spelling) == (layer,)


def test_a_number_that_ends_a_simonyan_range_counts_within_the_block() -> None:
    assert parse_layers("conv3_1-4") == ("conv_5", "conv_6", "conv_7", "conv_8")
    assert parse_layers("relu4_2-3") == ("relu_10", "relu_11")


@given(NUMBERS)
def test_simonyans_names_and_numbers_are_the_same_layers(numbers: set[int]) -> None:
    ordered = sorted(numbers)
    assert parse_layers([VGG19.convolutions[n - 1].name for n in ordered]) == tuple(f"conv_{n}" for n in ordered)


@given(NUMBERS, st.sets(st.integers(1, 16)))
def test_compact_is_a_spelling_of_the_same_layers(convolutions: set[int], relus: set[int]) -> None:
    layers = {f"conv_{n}" for n in convolutions} | {f"relu_{n}" for n in relus}
    parsed = parse_layers(compact(tuple(layers)))
    assert set(parsed) == layers and len(parsed) == len(layers)


@pytest.mark.parametrize(
    ("layers", "short"),
    [
        (("conv_1", "conv_2", "conv_3"), "conv_1-3"),
        (("conv_4", "conv_1"), "conv_1+conv_4"),
        (("conv_1", "relu_2"), "conv_1+relu_2"),
        ((), "none"),
    ],
)
def test_compact(layers: tuple[str, ...], short: str) -> None:
    assert compact(layers) == short


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("conv_17", "conv_16"),
        ("conv_0", "conv_1"),
        ("relu_99", "relu_16"),
        ("conv6_1", "conv5_1"),
        ("conv2_3", "conv2_2"),
        ("conv4_9", "conv4_4"),
        ("Conv_3", "conv_3"),
        ("conv3", "conv_3"),
        ("4", "conv_4"),
        (4, "conv_4"),
        ("block4_conv2", "conv4_2"),
        ("ReLU_7", "relu_7"),
        ("nonsense", "conv_4"),
        ("conv_1-17", "conv_16"),
        ("conv2_1-4", "conv2_2"),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(name: Any, nearest: str) -> None:
    with pytest.raises(UserError, match=f"^style_layers: unknown layer .*; did you mean '{nearest}'\\?$"):
        parse_layers(name, "style_layers")


@pytest.mark.parametrize(
    ("ranged", "meant"), [("conv_5-1", "conv_1-5"), ("conv_5-conv_1", "conv_1-5"), ("relu4_2-1", "relu_9-10")]
)
def test_a_backward_range_is_turned_round_in_the_answer(ranged: str, meant: str) -> None:
    with pytest.raises(UserError, match=f"the range '{ranged}' runs backwards; did you mean '{meant}'"):
        parse_layers(ranged)


def test_a_range_of_two_kinds_is_refused() -> None:
    with pytest.raises(UserError, match="the range 'conv_1-relu_3' mixes conv and relu"):
        parse_layers("conv_1-relu_3")


@pytest.mark.parametrize("spelling", ["", "conv_1+", "+conv_1", "conv_1++conv_2", ["conv_1", ""]])
def test_an_empty_name_is_refused(spelling: Any) -> None:
    with pytest.raises(UserError, match="an empty layer name in .*; write 'none' for no layer"):
        parse_layers(spelling)


@pytest.mark.parametrize("spelling", ["conv_1+conv_1", "conv_1-3+conv_2", ["conv_3", "conv2_1"]])
def test_a_layer_named_twice_is_refused(spelling: Any) -> None:
    with pytest.raises(UserError, match="is named twice"):
        parse_layers(spelling)


def test_weights_follow_their_layers_into_depth_order() -> None:
    layers = ("relu_2", "conv_10", "conv_2", "conv_1")
    assert pair_weights(layers, [1, 2, 3, 4]) == (("conv_1", "conv_2", "relu_2", "conv_10"), (4.0, 3.0, 1.0, 2.0))


def test_no_weights_are_equal_weights_and_one_number_is_enough_for_one_layer() -> None:
    assert pair_weights(("conv_2", "conv_1"), None) == (("conv_1", "conv_2"), (1.0, 1.0))
    assert pair_weights(("conv_1",), 0.5) == (("conv_1",), (0.5,))


@pytest.mark.parametrize("weights", [[1], [1, 2, 3], 1])
def test_the_wrong_number_of_weights_is_refused(weights: Any) -> None:
    with pytest.raises(UserError, match=r"style_layer_weights: \d weights for 2 layers \(conv_1, conv_2\)"):
        pair_weights(("conv_1", "conv_2"), weights, "style_layer_weights")


@pytest.mark.parametrize("weights", ["1,2", ["a", 1], [None, 1], object()])
def test_weights_that_are_no_numbers_are_refused(weights: Any) -> None:
    with pytest.raises(UserError, match="layer_weights: expected null or a list of numbers"):
        pair_weights(("conv_1", "conv_2"), weights)


def test_depth_order_puts_a_convolution_before_its_relu() -> None:
    assert sorted(("relu_1", "conv_10", "conv_2", "conv_1"), key=depth_order) == [
        "conv_1",
        "relu_1",
        "conv_2",
        "conv_10",
    ]
    assert layer_number("relu_12") == 12


def test_names_follow_the_network() -> None:
    """VGG-16 has three convolutions in its third block: conv4_1 is the eighth, not the ninth."""
    assert parse_layers("conv4_1", network="vgg16") == ("conv_8",)
    with pytest.raises(UserError, match="^layers: unknown layer 'conv_14'; VGG-16 has conv_1 to conv_13; did you mean"):
        parse_layers("conv_14", network="vgg16")
    with pytest.raises(UserError, match="unknown layer 'conv3_4'; did you mean 'conv3_3'"):
        parse_layers("conv3_4", network="vgg16")
