"""Sizes from coarse to fine, worked out by hand, and what `scales.*` refuses."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nst.errors import UserError
from nst.spec.records import Scale
from nst.spec.resolve import resolve
from nst.spec.schema import SCALES, Config
from nst.spec.signature import canonical, from_dict, signature, to_dict
from nst.spec.sizes.scales import sizes

MakeConfig = Callable[..., Config]
ROOT = 2**0.5


@pytest.mark.parametrize("factor", [ROOT, SCALES["factor"]])
@pytest.mark.parametrize(
    ("coarsest", "finest", "expected"),
    [
        (128, 512, [128, 181, 256, 362, 512]),
        (64, 512, [64, 91, 128, 181, 256, 362, 512]),
        (128, 1024, [128, 181, 256, 362, 512, 724, 1024]),
        (256, 2048, [256, 362, 512, 724, 1024, 1448, 2048]),
        (129, 512, [181, 256, 362, 512]),
        (512, 512, [512]),
        (400, 512, [512]),
    ],
)
def test_sizes(coarsest: int, finest: int, expected: list[int], factor: float) -> None:
    assert sizes(coarsest, finest, factor) == expected


def test_an_octave_at_a_time_and_sizes_that_round_to_the_same() -> None:
    """60 / 1.01 = 59.4 and 58.8 both round to 59; then 58.2 and 57.7 to 58."""
    assert sizes(64, 512, 2.0) == [64, 128, 256, 512]
    assert sizes(58, 60, 1.01) == [58, 59, 60]


@pytest.mark.parametrize(("part", "expected"), [(0.5, [64, 91, 128]), (0.25, [32, 45, 64, 91, 128]), (0.999, [128])])
def test_a_part_of_the_size(config: MakeConfig, part: float, expected: list[int]) -> None:
    """Half of 128 is 64; 127.9 rounds to 128."""
    assert [scale.size for scale in resolve(config(size=128, scales={"from": part})).scales] == expected


def test_steps_are_those_of_the_last_size_and_others_are_given_apart(config: MakeConfig) -> None:
    spec = resolve(config(size=128, steps=30, scales={"from": 64, "steps": 7}))
    assert spec.scales == (Scale(64, 7), Scale(91, 7), Scale(128, 30))
    assert (spec.size, spec.steps, spec.evaluations) == (128, 30, 44)
    assert resolve(config(size=128, steps=30, scales={"from": 64})).scales[0] == Scale(64, 30)
    assert spec.at(1) == replace(spec, scales=(Scale(91, 7),))


@pytest.mark.parametrize("scales", [{}, {"from": 128}, {"from": 127}, {"factor": 3.0, "steps": 9, "carry": False}])
def test_one_scale_is_the_plain_run(config: MakeConfig, scales: dict[str, Any]) -> None:
    plain = resolve(config(size=128, steps=300, optimizer={"name": "adam"}))
    spec = resolve(config(size=128, steps=300, scales=scales, optimizer={"name": "adam"}))
    assert spec == plain and signature(spec) == signature(plain)
    assert '"scales":[{"size":128,"steps":300}]' in canonical(plain) and "carry" not in canonical(plain)


def test_only_moments_that_are_dropped_are_signed(config: MakeConfig) -> None:
    """L-BFGS carries nothing over, so that `carry` makes no other run of it."""
    found = {
        (name, carry): resolve(config(size=512, scales={"from": 256, "carry": carry}, optimizer={"name": name}))
        for name in ("adam", "lbfgs")
        for carry in (True, False)
    }
    assert [spec.carry for spec in found.values()] == [None, False, None, None]
    assert signature(found["lbfgs", True]) == signature(found["lbfgs", False])
    assert signature(found["adam", True]) != signature(found["adam", False])
    for spec in found.values():
        assert from_dict(to_dict(spec)) == spec


@pytest.mark.parametrize(
    ("scales", "message"),
    [
        ({"from": 513}, "scales.from=513: is above size=512; use 512 or less"),
        ({"from": 0}, "scales.from=0: must be 1 pixel or more of the shorter side"),
        ({"from": "small"}, "scales.from=small: must be a number"),
        ({"from": 96.5}, "scales.from=96.5: must be a whole number"),
        ({"from": 96, "factor": 1}, "scales.factor=1: must be a finite number above 1"),
        ({"from": 96, "factor": 0.5}, "scales.factor=0.5: must be a finite number above 1"),
        ({"factor": float("nan")}, "scales.factor=nan: must be a finite number"),
        ({"factor": float("inf")}, "scales.factor=inf: must be a finite number"),
        ({"factor": None}, "scales.factor=None: must be a number"),
        ({"factor": 1.000001}, "scales.factor=1: makes too many sizes; use 1.01 or more"),
        ({"from": 96, "steps": 0}, "scales.steps=0: must be 1 or more evaluations, or null for as many as steps"),
        ({"steps": 1.5}, "scales.steps=1.5: must be a whole number"),
        ({"carry": "maybe"}, "scales.carry=maybe: must be true or false"),
        ({"form": 96}, "unknown key 'scales.form'; did you mean 'from'?"),
    ],
)
def test_what_is_refused(config: MakeConfig, scales: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as refused:
        resolve(config(size=512, scales=scales))
    assert str(refused.value).startswith(message) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("layers", "coarsest", "message"),
    [
        ("conv_13", 20, "scales.from: gives a size of 23, too small for conv_13, which sees the picture at 1/16; "),
        ("conv_4", 8, "scales.from: gives a size of 8, too small for a picture; "),
    ],
)
def test_too_small_for_the_deepest_layer(config: MakeConfig, layers: str, coarsest: int, message: str) -> None:
    """128 / 1.4142 ^ 5 = 22.6 and ^ 8 = 8; conv_13 is pooled four times, so 2 x 16 pixels make it 2 x 2."""
    least = 32 if layers == "conv_13" else 16
    values: dict[str, Any] = {"content_layers": layers, "style_layers": "conv_1-2", "size": 128}
    with pytest.raises(UserError) as refused:
        resolve(config(**values, scales={"from": coarsest}))
    assert str(refused.value) == f"{message}use scales.from={least} or more"
    assert resolve(config(**values, scales={"from": least})).scales[0].size == least


def test_a_panorama_may_be_too_small_at_an_early_scale_alone(config: MakeConfig, tmp_path: Path) -> None:
    """1600 x 25 at size 32 shrinks to 512 x 8, and to 1024 x 16 at 64; conv_10 needs 16."""
    Image.new("RGB", (1600, 25)).save(tmp_path / "wide.png")
    values: dict[str, Any] = {"content": str(tmp_path / "wide.png"), "content_layers": "conv_10", "size": 64}
    assert len(resolve(config(**values)).scales) == 1
    with pytest.raises(UserError, match="^content: 1600 x 25 pixels at size=45 gives a shorter side of 11, but"):
        resolve(config(**values, scales={"from": 32}))


def test_sizes_that_do_not_grow_are_refused(config: MakeConfig) -> None:
    spec = resolve(config(size=512, scales={"from": 256}))
    with pytest.raises(UserError, match="^scales: sizes must grow from each to the next, not 512, 362, 256$"):
        replace(spec, scales=spec.scales[::-1])
