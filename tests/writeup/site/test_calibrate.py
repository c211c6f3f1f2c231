"""How long runs take, from what a deep and a shallow one took."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from nst.spec.signature import Spec
from nst.writeup.site.calibrate import EVALUATIONS, LARGEST, Sample, Speed, measure, pixels, probe, solve, total

MakeSpec = Callable[..., Spec]


def test_two_rates_from_two_samples() -> None:
    """Deep: 1000 multiplies, 10 pixels, 2.3 s; shallow: 100 and 10, 0.5 s: 2 ms a multiply, 30 ms a pixel."""
    found = solve([Sample(1000, 10, 2.3, 9.0), Sample(100, 10, 0.5, 1.5)])
    assert (found.per_multiply, found.per_pixel, found.per_run) == pytest.approx((0.002, 0.03, 1.5))


@pytest.mark.parametrize("shallow", [Sample(1000, 10, 3.0, 1.0), Sample(100, 10, 0.1, 1.0)], ids=["alike", "too fast"])
def test_one_rate_where_two_cannot_be_told_apart(shallow: Sample) -> None:
    assert solve([Sample(1000, 10, 2.0, 4.0), shallow]) == Speed(0.002, 0.0, 1.0)


def test_a_run_costs_arithmetic_pixels_and_itself(make_spec: MakeSpec, content_only: dict[str, object]) -> None:
    """conv_1: 3 x 64 x 9 multiplies a pixel; 4 evaluations."""
    spec = make_spec(content_layers=("conv_1",), steps=4, **content_only)
    assert Speed(1.0, 10.0, 7.0).seconds(spec) == 4 * pixels(spec) * (3 * 64 * 9 + 10) + 7


def test_each_precision_is_timed_at_its_extremes(make_spec: MakeSpec, content_only: dict[str, object]) -> None:
    shallow, deep = (make_spec(content_layers=(layer,), **content_only) for layer in ("conv_1", "conv_7"))
    other = replace(make_spec(), precision="bf16")
    timed: list[Spec] = []

    def time_run(spec: Spec) -> Sample:
        timed.append(spec)
        return Sample(1.0, 1.0, 2.0 if spec.precision == "fp32" else 3.0, 0.5)

    speeds = measure([shallow, other, deep], time_run)
    assert [spec.content_layers for spec in timed] == [("conv_7",), ("conv_1",), ("conv_4",), ("conv_4",)]
    assert speeds == {("cpu", "fp32"): Speed(2.0, 0.0, 0.5), ("cpu", "bf16"): Speed(3.0, 0.0, 0.5)}
    assert total([], speeds) == 0


def test_a_probe_is_short_and_small(make_spec: MakeSpec) -> None:
    assert (probe(make_spec(size=512, steps=300)).size, probe(make_spec(steps=300)).steps) == (LARGEST, EVALUATIONS)
    assert (probe(make_spec(size=64)).size, probe(make_spec(steps=3)).steps) == (64, 3)
