"""The record of several runs, each setting once with all its values."""

import pytest
from report.conftest import Store
from writeup.conftest import a_spec, describe, fill

from nst.site import chapter, provenance
from nst.site.arguments import Asked
from nst.spec.records import Adam, Lbfgs, Preconditioner
from nst.writeup.site.contents import WRITEUP


def read(store: Store, *sweeps: str) -> provenance.Recorded:
    asked = Asked(WRITEUP, runs_dir=store.root)
    return provenance.read([chapter.write(name, asked, drawn=False) for name in sweeps], store.store)


def test_each_setting_once_with_all_its_values(store: Store) -> None:
    jobs = fill(store, ["sizes", "weight_ratios"])
    store.done(jobs["sizes"][0], evaluations=320, seconds_setup=1.0, seconds_warmup=2.0, seconds_loop=60.0)
    describe(store, jobs["sizes"][0], a_spec(size=128, optimizer=Adam(lr=0.02)))
    found = read(store, "sizes", "weight_ratios")
    assert (found.runs, found.planned) == (4, 4)
    assert (found.settings["sizes"], found.settings["evaluations"]) == (("64", "128"), ("150", "320"))
    assert found.settings["optimizers"] == (
        "adam: beta1 0.9, beta2 0.999, lr 0.02",
        "lbfgs: clamp projected, history 100, lr 1, max_step 0.03, project_gradient",
    )
    assert found.seconds == pytest.approx(63 + 3 * (0.8 + 0.5 + 30))
    days = found.settings["days"]
    assert (days[0], days[-1]) == ("2026-11-22", "2026-11-23")
    assert found.settings["weights"] == ("bundled (c34748d2a8b1)",)


def test_a_preconditioner_is_told(store: Store) -> None:
    jobs = fill(store, ["sizes"])
    store.done(jobs["sizes"][0], evaluations=320)
    chosen = Lbfgs(clamp="closure", max_step=0.0, project_gradient=False, preconditioner=Preconditioner("fourier", 0.5))
    describe(store, jobs["sizes"][0], a_spec(size=128, optimizer=chosen))
    told = "lbfgs: clamp closure, history 100, lr 1, preconditioner fourier 0.5"
    assert told in read(store, "sizes").settings["optimizers"]


def test_threads_are_counted(store: Store) -> None:
    jobs = fill(store, ["sizes"])
    for job, threads in zip(jobs["sizes"], (1, 2), strict=False):
        store.done(job, provenance={"device": "Xeon", "device_id": "cpu", "threads": threads})
    assert {"Xeon, 1 thread", "Xeon, 2 threads"} <= set(read(store, "sizes").settings["devices"])


def test_nothing_recorded_at_all(store: Store) -> None:
    found = read(store, "sizes")
    assert (found.runs, found.seconds, found.settings["devices"]) == (0, 0, ())
