"""Parse layer names: every spelling becomes one sorted tuple of `conv_N` and `relu_N`.

conv_4    the fourth convolution counted from 1 (= conv2_2), before its ReLU, as in the PyTorch tutorial
relu_4    the same after its ReLU
conv4_2   Simonyan's name: block 4, convolution 2 (= conv_10)
conv_1-5  a range, both ends included (conv3_1-4: within its block)
a+b, [a, b], none    several, several, and no layer at all
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from nst.errors import UserError
from nst.networks.base.architecture import Architecture, layer_number

_NAME = re.compile(r"(?P<kind>conv|relu)(?:_(?P<number>\d+)|(?P<block>\d+)_(?P<index>\d+))")


def parse_layers(value: Any, architecture: Architecture, key: str = "layers") -> tuple[str, ...]:
    """Return the layers that `value` (a string, a list of strings, or None) stands for, in the order written.

    Raises `UserError`, which names `key`, for unknown names, backward ranges, and a layer named twice.
    """
    try:
        layers = [layer for token in _tokens(value) for layer in _expand(token, architecture)]
    except UserError as error:
        raise UserError(f"{key}: {error}") from None
    twice = {layer for layer in layers if layers.count(layer) > 1}
    if twice:
        raise UserError(f"{key}: {', '.join(sorted(twice))} is named twice in {value!r}")
    return tuple(layers)


def pair_weights(
    layers: Sequence[str], weights: Any, key: str = "layer_weights"
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return layers sorted by depth with their weights: 1 each if `weights` is None, else one number per layer."""
    numbers = [1.0] * len(layers) if weights is None else _numbers(weights, key)
    if len(numbers) != len(layers):
        raise UserError(f"{key}: {len(numbers)} weights for {len(layers)} layers ({', '.join(layers)})")
    pairs = sorted(zip(layers, numbers, strict=True), key=lambda pair: depth_order(pair[0]))
    return tuple(layer for layer, _ in pairs), tuple(number for _, number in pairs)


def depth_order(layer: str) -> tuple[int, int]:
    """Return a key that sorts layers from shallow to deep, a convolution before its ReLU."""
    return layer_number(layer), layer.startswith("relu")


def compact(layers: Sequence[str]) -> str:
    """Return the shortest spelling: `conv_1-5`, `conv_1+conv_4`, `none`."""
    runs: list[list[str]] = []
    for layer in sorted(layers, key=lambda name: (name[:4], layer_number(name))):
        previous = runs[-1][-1] if runs else None
        if previous and previous[:4] == layer[:4] and layer_number(previous) + 1 == layer_number(layer):
            runs[-1].append(layer)
        else:
            runs.append([layer])
    return "+".join(run[0] if len(run) == 1 else f"{run[0]}-{layer_number(run[-1])}" for run in runs) or "none"


def _tokens(value: Any) -> list[str]:
    if value is None:
        return []
    items: Iterable[Any] = [value] if isinstance(value, str | int | float) else value
    tokens = [part.strip() for item in items for part in str(item).split("+")]
    if tokens == ["none"]:
        return []
    if "" in tokens:
        raise UserError(f"an empty layer name in {value!r}; write 'none' for no layer")
    return tokens


def _expand(token: str, architecture: Architecture) -> list[str]:
    """Return one name, or every name of a range."""
    if _NAME.fullmatch(token) or "-" not in token:
        kind, number = _parse_name(token, architecture)
        return [f"{kind}_{number}"]
    first, _, last = token.partition("-")
    kind, low = _parse_name(first, architecture)
    last_name = f"{first.rpartition('_')[0]}_{last}" if last.isdigit() else last
    last_kind, high = _parse_name(last_name, architecture)
    if kind != last_kind:
        raise UserError(f"the range '{token}' mixes {kind} and {last_kind}; write two ranges joined by '+'")
    if low > high:
        raise UserError(f"the range '{token}' runs backwards; did you mean '{kind}_{high}-{low}'?")
    return [f"{kind}_{number}" for number in range(low, high + 1)]


def _parse_name(name: str, architecture: Architecture) -> tuple[str, int]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise UserError(f"unknown layer '{name}'; did you mean '{_nearest_spelling(name, architecture)}'?")
    kind = match["kind"]
    if match["number"] is not None:
        number = int(match["number"])
        if not 1 <= number <= architecture.depth:
            nearest = min(max(number, 1), architecture.depth)
            raise UserError(
                f"unknown layer '{name}'; {architecture.title} has conv_1 to conv_{architecture.depth}; "
                f"did you mean '{kind}_{nearest}'?"
            )
        return kind, number
    block, index = int(match["block"]), int(match["index"])
    for convolution in architecture.convolutions:
        if (convolution.block, convolution.index) == (block, index):
            return kind, convolution.number
    nearest_block = min(max(block, 1), len(architecture.blocks))
    nearest_index = min(max(index, 1), architecture.blocks[nearest_block - 1][0])
    raise UserError(f"unknown layer '{name}'; did you mean '{kind}{nearest_block}_{nearest_index}'?")


def _nearest_spelling(name: str, architecture: Architecture) -> str:
    """Return a valid name near an invalid one: `Conv3`, `conv-4`, `4`, `block4_conv2`."""
    digits = [int(number) for number in re.findall(r"\d+", name)][:2]
    kind = "relu" if "relu" in name.lower() else "conv"
    if len(digits) == 2 and tuple(digits) in {(c.block, c.index) for c in architecture.convolutions}:
        return f"{kind}{digits[0]}_{digits[1]}"
    return f"{kind}_{min(max(digits[0], 1), architecture.depth) if digits else 4}"


def _numbers(weights: Any, key: str) -> list[float]:
    items = [weights] if isinstance(weights, int | float) else weights
    try:
        if isinstance(items, str):
            raise ValueError
        return [float(item) for item in items]
    except (TypeError, ValueError):
        raise UserError(f"{key}: expected null or a list of numbers such as [1,0.5], got {weights!r}") from None
