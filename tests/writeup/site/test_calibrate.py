"""How fast runs are, from earlier ones or from a few evaluations."""

from collections.abc import Callable

import pytest
from specs import changed

from nst.device import device_name
from nst.spec.records import Spec
from nst.sweep.summary import Speed
from nst.writeup.site import calibrate
from nst.writeup.site.calibrate import EVALUATIONS, LARGEST, measure, probe, time_run

MakeSpec = Callable[..., Spec]


def test_each_precision_is_timed_on_its_largest_run(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = make_spec(content_layers=("conv_7",))
    other = make_spec(precision="bf16")
    timed: list[Spec] = []
    monkeypatch.setattr(calibrate, "time_run", lambda spec: timed.append(spec) or Speed(float(len(timed)), 0.5))
    cpu = device_name("cpu")
    assert measure([make_spec(), deep, other], {}) == {(cpu, "fp32"): Speed(1.0, 0.5), (cpu, "bf16"): Speed(2.0, 0.5)}
    assert timed == [probe(deep), probe(other)]


def test_a_known_speed_is_not_timed_again(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "time_run", lambda _: Speed(1.0, 1.0))
    cpu = device_name("cpu")
    known = {(cpu, "fp32"): Speed(7.0, 8.0)}
    assert measure([make_spec(), make_spec(precision="bf16")], known) == {**known, (cpu, "bf16"): Speed(1.0, 1.0)}


def test_a_probe_is_short_and_small(make_spec: MakeSpec) -> None:
    assert (probe(make_spec(size=512, steps=300)).size, probe(make_spec(steps=300)).steps) == (LARGEST, EVALUATIONS)
    assert (probe(make_spec(size=64)).size, probe(make_spec(steps=3)).steps) == (64, 3)


def test_a_timed_run_costs_something(small: Spec) -> None:
    """Twice the evaluations cost as much more as the loop did."""
    found = time_run(small)
    once, twice = (found.seconds(changed(small, steps=n * small.steps)) for n in (1, 2))
    assert found.per_work > 0 and found.per_run >= 0
    assert twice - once == pytest.approx(once - found.per_run)
