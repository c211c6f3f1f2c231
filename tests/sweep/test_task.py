"""A worker's part: the plan stands, whatever the worker's machine would decide."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hydra import compose, initialize_config_dir

from nst.spec.resolve import resolve
from nst.spec.schema import register
from nst.store.files.atomic import write_json
from nst.store.files.names import ERROR
from nst.store.plan import Plan, write_plan
from nst.store.store import State, Store
from nst.sweep.files import data_folder
from nst.sweep.hydra.compose import compose_runs
from nst.sweep.plan import make_plan
from nst.sweep.task import pinned, run_in_sweep

from .command import TINY, Transfers, new_process

OVERRIDES = [*TINY[:-1], "precision=auto", "seed=0,1", "init=noise"]


@pytest.fixture(autouse=True)
def hydra() -> Iterator[None]:
    with new_process():
        register()
        with initialize_config_dir(str(data_folder("conf")), version_base="1.3"):
            yield


@pytest.fixture
def plan(store: Store, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Two transfers, planned on a machine that is fast in bfloat16, for workers on one that is not."""
    with monkeypatch.context() as patch:
        patch.setattr("nst.hardware.device.has_bf16", lambda _: True)
        made = make_plan(store, compose_runs(OVERRIDES), OVERRIDES, name="mine", sweep=None, command="")
    monkeypatch.setattr("nst.hardware.device.has_bf16", lambda _: False)
    write_plan(store, made)
    return made


def work(store: Store, number: int, *overrides: str) -> None:
    """What Hydra has a worker do."""
    own = [*OVERRIDES[:-2], f"seed={number}", "init=noise", "name=mine", f"runs_dir='{store.root}'", *overrides]
    run_in_sweep(compose("config", overrides=own), number)


def test_a_worker_runs_in_the_precision_of_the_plan(store: Store, plan: Plan, transfers: Transfers) -> None:
    assert [job.precision for job in plan.runs] == ["bf16", "bf16"]
    work(store, 1)
    assert store.state(plan.runs[1].signature) is State.DONE and store.state(plan.runs[0].signature) is State.PENDING
    assert [spec.precision for spec in transfers.specs] == ["bf16"]


def test_a_worker_says_so_where_it_would_make_another_run(
    store: Store, plan: Plan, transfers: Transfers, capsys: pytest.CaptureFixture[str]
) -> None:
    work(store, 1, "style=coffee")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"[2/2] seed 1  not made by this worker: the plan has {plan.runs[1].signature} here, but")
    assert transfers.seeds == [] and not (store.root / "jobs").exists()


@pytest.mark.parametrize("override", ["style=gone.png", "size=1", "name=another"])
def test_what_a_worker_cannot_make_is_one_line(
    override: str, store: Store, plan: Plan, transfers: Transfers, capsys: pytest.CaptureFixture[str]
) -> None:
    work(store, 0, override)
    (line,) = capsys.readouterr().err.splitlines()
    assert "not made by this worker: " in line and transfers.seeds == []


def test_a_worker_does_not_wait_for_what_is_held(store: Store, plan: Plan, transfers: Transfers) -> None:
    with store.lock(plan.runs[0].signature):
        work(store, 0)
    assert transfers.seeds == []


def test_the_first_failure_anywhere_stops_all_workers_where_that_is_asked_for(
    store: Store, plan: Plan, transfers: Transfers
) -> None:
    write_json(store.run(plan.runs[0].signature) / ERROR, {"type": "Diverged", "message": "nan"})
    work(store, 1, "fail_fast=true")
    assert transfers.seeds == []
    work(store, 1)
    assert transfers.seeds == [1]


def test_only_what_is_left_open_is_pinned(plan: Plan) -> None:
    config = compose_runs([*OVERRIDES[:-2], "seed=0", "init=noise"])[0].config
    job = replace(plan.runs[0], device="cuda:3")
    assert pinned(replace(config, device="auto"), job).device == "cuda"
    assert pinned(replace(config, device="cpu"), job).device == "cpu"
    assert resolve(pinned(replace(config, device="auto"), plan.runs[0])).precision == "bf16"
