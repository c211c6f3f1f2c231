"""Where, when and with what: each fact once, in words."""

from nst.report.page.content import facts
from nst.store.plan import read_plan
from report.conftest import Store


def test_each_fact_once(store: Store) -> None:
    jobs = store.sweep("s", {"seed": [0, 1]})
    git = {"commit": "0123456789abcdef", "dirty": True}
    times = ("2026-11-23T06:53:58+00:00", "2026-11-23T06:59:01+00:00")
    for job, threads, start in zip(jobs, (2, 4), times, strict=True):
        origin = {"threads": threads, "git": git, "started_utc": start, "ended_utc": "2026-11-23T07:00:10+00:00"}
        store.done(job, provenance=origin)
    said = facts(read_plan(store.store, "s"), store.store)
    assert said["device"] == "Xeon" and said["threads"] == "2; 4"
    assert said["git"] == "0123456789ab, changed"
    assert said["ran"] == "2026-11-23 06:53 to 07:00 UTC"
    assert said["versions"] == "torch 2.11.0"


def test_over_midnight(store: Store) -> None:
    (job,) = store.sweep("s", {"seed": [0]})
    store.done(job, provenance={"started_utc": "2026-11-23T23:59:59+00:00", "ended_utc": "2026-11-24T00:00:01+00:00"})
    said = facts(read_plan(store.store, "s"), store.store)
    assert said["ran"] == "2026-11-23 23:59 to 2026-11-24 00:00 UTC" and "git" not in said


def test_nothing_known(store: Store) -> None:
    store.sweep("s", {"seed": [0]})
    assert facts(read_plan(store.store, "s"), store.store) == {}
