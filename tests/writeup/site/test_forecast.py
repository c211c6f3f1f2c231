"""The table of what is to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nst.device import device_name
from nst.spec.records import Spec
from nst.spec.schema import Config
from nst.spec.signature import signature
from nst.store.atomic import write_json
from nst.store.store import Store
from nst.sweep.hydra.compose import ComposedRun
from nst.sweep.plan import make_plan
from nst.sweep.scheduler import Sweep
from nst.sweep.summary import Speed, work
from nst.writeup.site import forecast
from nst.writeup.site.forecast import SECONDS_A_SWEEP, Share


@pytest.fixture
def sweep(tmp_path: Path, config: Callable[..., Config]) -> Callable[..., Sweep]:
    def make(name: str, *specs: Spec) -> Sweep:
        runs = tuple(ComposedRun((f"seed={spec.start.seed}",), config(seed=spec.start.seed), spec) for spec in specs)
        plan = make_plan(Store(tmp_path), runs, [], name=name, sweep=name, command="", created="")
        return Sweep(Store(tmp_path / "runs"), plan, runs)

    return make


def test_a_run_counts_once(sweep: Callable[..., Sweep], make_spec: Callable[..., Spec]) -> None:
    """Seed 0 is done, seed 1 is met in both sweeps and twice in the first."""
    done, shared, own = (make_spec(seed=seed) for seed in (0, 1, 2))
    first = sweep("first", done, shared, shared)
    write_json(first.store.run(signature(done)) / "metrics.json", {"evaluations": 1})
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
