"""The table of what is to do, and how fast runs are, from earlier ones or from a few evaluations."""

from collections.abc import Callable
from pathlib import Path

import pytest
from specs import changed

from nst.hardware.device import device_name
from nst.site import forecast
from nst.site.forecast import EVALUATIONS, LARGEST, SECONDS_A_SWEEP, Share, measure, probe, time_run
from nst.spec.records import Spec
from nst.spec.schema import Config
from nst.spec.signature import signature
from nst.store.files.atomic import write_json
from nst.store.store import Store
from nst.sweep.hydra.compose import ComposedRun
from nst.sweep.plan import make_plan
from nst.sweep.scheduler import Sweep
from nst.sweep.summary import Speed, work

MakeSpec = Callable[..., Spec]


@pytest.fixture
def sweep(tmp_path: Path, config: Callable[..., Config]) -> Callable[..., Sweep]:
    def make(name: str, *specs: Spec) -> Sweep:
        runs = tuple(ComposedRun((f"seed={spec.start.seed}",), config(seed=spec.start.seed), spec) for spec in specs)
        plan = make_plan(Store(tmp_path), runs, [], name=name, sweep=name, command="")
        return Sweep(Store(tmp_path / "runs"), plan, runs)

    return make


def test_a_run_counts_once(sweep: Callable[..., Sweep], make_spec: Callable[..., Spec]) -> None:
    """Seed 0 is done, seed 1 is met in both sweeps and twice in the first."""
    done, shared, own = (make_spec(seed=seed) for seed in (0, 1, 2))
    first = sweep("first", done, shared, shared)
    write_json(first.store.run(signature(done)) / "metrics.json", {"evaluations": 1})
    (first.store.run(signature(done)) / "image.png").write_bytes(b"a picture")
    found = forecast.shares([first, sweep("second", shared, own)])
    assert found == (Share("first", 3, (shared,)), Share("second", 2, (own,)))


def test_the_sums_add_up(make_spec: Callable[..., Spec]) -> None:
    """At a third of the work a second, each run takes 3 + 30 s; a sweep 7 s more."""
    spec = make_spec(steps=3)
    speeds = {(device_name("cpu"), "fp32"): Speed(3 / work(spec), 30.0)}
    shares = [Share("a", 4, (spec, spec)), Share("b", 1, ()), Share("c", 1, (spec,))]
    assert [forecast.seconds(share, speeds) for share in shares] == [66 + SECONDS_A_SWEEP, 0, 33 + SECONDS_A_SWEEP]
    rows = [line.split() for line in forecast.table(shares, speeds).splitlines()]
    assert rows[1:] == [
        ["a", "4", "2", "1:13"],
        ["b", "1", "0", "-"],
        ["c", "1", "1", "0:40"],
        ["all", "6", "3", "1:53"],
    ]


def test_each_precision_is_timed_on_its_largest_run(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = make_spec(content_layers=("conv_7",))
    other = make_spec(precision="bf16")
    timed: list[Spec] = []
    monkeypatch.setattr(forecast, "time_run", lambda spec: timed.append(spec) or Speed(float(len(timed)), 0.5))
    cpu = device_name("cpu")
    assert measure([make_spec(), deep, other], {}) == {(cpu, "fp32"): Speed(1.0, 0.5), (cpu, "bf16"): Speed(2.0, 0.5)}
    assert timed == [probe(deep), probe(other)]


def test_a_known_speed_is_not_timed_again(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast, "time_run", lambda _: Speed(1.0, 1.0))
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
