import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from nst.errors import UserError
from nst.hardware import device
from nst.hardware.device import expect_cuda, is_elsewhere, pick_device, pick_precision, pick_threads, processors
from nst.store import provenance
from nst.store.store import Store
from nst.sweep.files import data_folder
from nst.sweep.hydra import launchers, workers
from nst.sweep.hydra.callback import SweepCallback
from nst.sweep.hydra.launchers import EXTRAS, check_installed, worker_failure
from nst.sweep.hydra.workers import (
    VISIBLE,
    claim,
    lock_folder,
    own_device,
    ready_driver,
    ready_launcher,
    ready_worker,
    take_gpu,
    visible_gpus,
)

from ..command import Command


def a_config(launcher: str, **changes: Any) -> DictConfig:
    """What the driver's callback gets: the launcher's own file, and little else."""
    settings = OmegaConf.load(data_folder("conf") / "hydra" / "launcher" / f"{launcher}.yaml")
    hydra: dict[str, Any] = {
        "launcher": settings,
        "sweep": {"dir": "runs/sweeps/mine"},
        "overrides": {"hydra": [], "task": ["seed=0,1"]},
        "runtime": {"cwd": os.getcwd(), "choices": {"hydra/launcher": launcher}},
    }
    return OmegaConf.create({"device": "auto", "runs_dir": "runs", **changes, "hydra": hydra})


@pytest.fixture(autouse=True)
def nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_cuda_elsewhere", False)
    monkeypatch.setattr(launchers, "find_spec", lambda name: object())


def gpus_here(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(launchers, "cuda_devices", lambda: count)
    monkeypatch.setattr(workers, "visible_gpus", lambda: [str(n) for n in range(count)])


@pytest.mark.parametrize(
    ("launcher", "package", "extra"),
    [
        ("joblib", "hydra-joblib-launcher", "joblib"),
        ("slurm_local", "hydra-submitit-launcher", "slurm"),
        ("ray", "hydra-ray-launcher", "ray"),
    ],
)
def test_a_missing_extra_is_one_line(
    launcher: str, package: str, extra: str, nst: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launchers, "find_spec", lambda name: None)
    answer = nst("-m", "seed=0,1", f"hydra/launcher={launcher}")
    advice = f"pip install {package} (in a checkout: pip install -e '.[{extra}]')"
    assert (answer.code, answer.err) == (2, f"error: hydra/launcher={launcher} needs: {advice}\n")
    assert not list(nst.folder.iterdir())


def test_an_unknown_launcher_names_the_nearest(nst: Command) -> None:
    answer = nst("-m", "seed=0,1", "hydra/launcher=jobslib")
    assert answer.code == 2
    assert answer.err.startswith("error: hydra/launcher=jobslib: no such choice; did you mean 'joblib'?")


def test_a_launcher_of_the_users_own_is_let_be() -> None:
    check_installed("theirs")


def test_every_value_of_a_launcher_is_explained() -> None:
    for launcher in EXTRAS:
        lines = (data_folder("conf") / "hydra" / "launcher" / f"{launcher}.yaml").read_text().splitlines()
        assert lines[0].startswith("#") and "pip install " in "".join(lines[:3])


@pytest.mark.parametrize(
    ("given", "found", "settled"), [(None, 0, 2), (None, 3, 3), (5, 3, 5), (1, 0, 1), (-1, 0, processors())]
)
def test_joblib_has_one_worker_for_each_gpu(
    given: int | None, found: int, settled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpus_here(monkeypatch, found)
    config = a_config("joblib")
    config.hydra.launcher.n_jobs = given
    ready_driver(config)
    assert config.hydra.launcher.n_jobs == settled
    if given is None or given < 0:
        assert config.hydra.overrides.hydra == [f"hydra.launcher.n_jobs={settled}"]


def test_workers_find_the_store_from_wherever_they_start() -> None:
    config = a_config("slurm_local", runs_dir="my runs")
    ready_driver(config)
    assert config.hydra.overrides.task[1:] == [f"runs_dir='{Path.cwd() / 'my runs'}'"]


def test_runs_on_the_cpu_leave_gpus_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus_here(monkeypatch, 4)
    config = a_config("joblib", device="cpu")
    ready_driver(config)
    assert config.hydra.launcher.n_jobs == 2


@pytest.mark.parametrize(("found", "settled"), [(0, 0), (2, 1)])
def test_ray_asks_for_gpus_where_there_are_some(found: int, settled: int, monkeypatch: pytest.MonkeyPatch) -> None:
    gpus_here(monkeypatch, found)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    config = a_config("ray")
    ready_driver(config)
    assert config.hydra.launcher.ray.remote.num_gpus == settled
    init = config.hydra.launcher.ray.init
    assert (init.address, init.object_store_memory) == ("local", 80 * 2**20)


def test_an_existing_cluster_has_its_own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "auto")
    config = a_config("ray")
    ready_driver(config)
    assert config.hydra.launcher.ray.init.object_store_memory is None


def test_a_cluster_that_does_not_answer_is_one_line() -> None:
    config = a_config("ray")
    config.hydra.launcher.ray.init.address = "127.0.0.1:1"
    with pytest.raises(UserError, match="^hydra.launcher.ray.init.address=127.0.0.1:1: no Ray cluster answers there"):
        ready_driver(config)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionError("no Ray\nhere"), "no Ray"),
        (Exception("The current node timed out during startup.\nMore"), "The current node timed out during startup."),
        (MemoryError(), "MemoryError"),
    ],
)
def test_a_ray_that_cannot_be_had_is_one_line(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def init(**arguments: Any) -> None:
        raise error

    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(init=init))
    with pytest.raises(SystemExit) as stop:
        ready_launcher(a_config("ray"))
    assert (stop.value.code, capsys.readouterr().err) == (2, f"error: hydra/launcher=ray: {said}\n")


def test_slurm_is_called_where_slurm_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launchers.shutil, "which", lambda name: None)
    with pytest.raises(UserError, match="^hydra/launcher=slurm: there is no sbatch here"):
        ready_driver(a_config("slurm"))


def test_gpus_of_the_workers_need_not_be_here(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus_here(monkeypatch, 0)
    monkeypatch.setattr(device, "cuda_devices", lambda: 0)
    monkeypatch.setattr(launchers.shutil, "which", lambda name: name)
    config = a_config("slurm")
    ready_driver(config)
    assert config.hydra.overrides.task[1] == "device=cuda:0"
    assert pick_device("cuda:0") == "cuda:0" and is_elsewhere("cuda:0") and not is_elsewhere("cpu")
    assert pick_precision("bf16", "cuda:0", True) == "bf16" and pick_precision("auto", "cuda:0", False) == "fp32"
    with pytest.raises(UserError, match="^precision=auto: cannot see the workers' GPUs"):
        pick_precision("auto", "cuda:0", True)
    expect_cuda(elsewhere=False)
    with pytest.raises(UserError, match="^device=cuda:0: this machine has 0 CUDA devices"):
        pick_device("cuda:0")


def test_slurm_without_gpus_plans_for_this_kind_of_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launchers.shutil, "which", lambda name: name)
    config = a_config("slurm")
    config.hydra.launcher.gpus_per_node = None
    ready_driver(config)
    assert len(config.hydra.overrides.task) == 2 and not is_elsewhere("cuda:0")


def test_a_worker_stands_where_the_driver_does_and_takes_a_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workers, "take_gpu", lambda: workers.Claim("1", 2, None))  # type: ignore[arg-type]
    monkeypatch.setattr(provenance, "_workers", 1)
    monkeypatch.setattr(sys, "argv", ["worker.py"])
    config = a_config("joblib")
    config.hydra.launcher.n_jobs = 3
    config.hydra.runtime.cwd = str(tmp_path)
    monkeypatch.chdir(tmp_path.parent)
    ready_worker(config, None)
    assert (Path.cwd(), provenance._workers, sys.argv) == (tmp_path, 3, ["nst.run", "seed=0,1"])
    assert capsys.readouterr().err == f"worker {os.getpid()}: GPU 1, shared with 2 others\n"


def test_a_worker_that_shall_use_another_device_takes_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "take_gpu", lambda: pytest.fail("took a GPU"))
    monkeypatch.setattr(provenance, "_workers", 1)
    monkeypatch.setattr(sys, "argv", ["worker.py"])
    for name in ("cpu", "cuda:1", "mps"):
        ready_worker(a_config("joblib", device=name), None)
    monkeypatch.setattr(workers.STOP, "work_for", lambda driver: None)
    ready_worker(a_config("ray"), None)  # Ray hands them out itself


@pytest.mark.parametrize(("launcher", "driver"), [("joblib", 7), ("ray", os.getppid())])
def test_a_worker_ends_with_its_driver(launcher: str, driver: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Ray's, the parent is the raylet, which ends with the driver."""
    seen: list[int] = []
    monkeypatch.setattr(workers.STOP, "work_for", seen.append)
    monkeypatch.setattr(workers, "take_gpu", lambda: None)
    monkeypatch.setattr(provenance, "_workers", 1)
    monkeypatch.setattr(sys, "argv", ["worker.py"])
    ready_worker(a_config(launcher), 7)
    assert seen == [driver]


def test_hydras_own_launcher_changes_nothing() -> None:
    config = a_config("joblib")
    config.hydra.runtime.choices["hydra/launcher"] = "basic"
    before = OmegaConf.to_container(config)
    ready_driver(config)
    ready_launcher(config)
    SweepCallback().on_job_start(config)
    assert OmegaConf.to_container(config) == before


def test_ray_may_move_a_warm_worker_to_another_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = [2]
    ray = SimpleNamespace(is_initialized=lambda: True, get_gpu_ids=lambda: given)
    monkeypatch.setitem(sys.modules, "ray", ray)
    gpus_here(monkeypatch, 4)
    assert [own_device(name) for name in ("cuda:0", "cpu", "cuda:3")] == ["cuda:2", "cpu", "cuda:3"]
    monkeypatch.setattr(workers, "visible_gpus", lambda: ["5", "2"])
    assert own_device("cuda:0") == "cuda:1"
    given[:] = []
    assert own_device("cuda:0") == "cuda:0"


def test_without_ray_a_worker_has_the_gpu_it_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert own_device("cuda:0") == "cuda:0"


@pytest.mark.parametrize(
    ("granted", "threads"),
    [({}, 8), ({"OMP_NUM_THREADS": "1"}, 1), ({"OMP_NUM_THREADS": "3,2"}, 3), ({"OMP_NUM_THREADS": "99"}, 8)]
    + [({"SLURM_CPUS_PER_TASK": "4"}, 4), ({"OMP_NUM_THREADS": "", "SLURM_CPUS_PER_TASK": "x"}, 8)],
)
def test_threads_are_those_a_process_is_granted(
    granted: dict[str, str], threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "processors", lambda: 8)
    for name in device.GRANTS:
        monkeypatch.delenv(name, raising=False)
    for name, value in granted.items():
        monkeypatch.setenv(name, value)
    assert pick_threads("auto") == threads
    assert pick_threads(6) == 6


def test_a_copy_in_a_worker_forgets_the_plugins_own_configurations(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"hydra": {"launcher": {"joblib.yaml": 1, "ray.yaml": 2, "submitit_slurm.yaml": 3}}}
    monkeypatch.setattr(ConfigStore.instance(), "repo", kept)
    assert isinstance(pickle.loads(pickle.dumps(SweepCallback())), SweepCallback)
    assert kept == {"hydra": {"launcher": {"submitit_slurm.yaml": 3}}}


def test_lost_workers_are_told_from_faults() -> None:
    class TerminatedWorkerError(Exception):
        """As joblib has it."""

    class Odd(TerminatedWorkerError):
        """A kind of it."""

    assert (
        worker_failure(Odd("worker 3\nand much more"))
        == f"{launchers.WORKER_FAILURES['TerminatedWorkerError']}: worker 3"
    )
    assert worker_failure(TerminatedWorkerError()) == launchers.WORKER_FAILURES["TerminatedWorkerError"]
    assert worker_failure(ValueError("a fault")) is None


def test_nobody_takes_sigterm_while_ray_starts() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGUSR1)}
    try:
        with workers.keep_sigterm():
            for number in before:
                signal.signal(number, signal.SIG_IGN)
        assert signal.getsignal(signal.SIGTERM) is before[signal.SIGTERM]
        assert signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_what_ray_prints_while_it_ends_is_not_heard(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Not what its C++ writes, either; what comes after is."""
    ended: list[bool] = []

    def kill(**how: bool) -> None:
        os.write(2, b"task_manager.cc:1545: Failed to push error to driver\n")
        ended.append(how["check_alive"])

    node = SimpleNamespace(all_processes={}, kill_all_processes=kill)
    monkeypatch.setitem(sys.modules, "ray._private.worker", SimpleNamespace(_global_node=node))
    workers.stop_ray(Store(tmp_path), "s")
    os.write(2, b"terminated\n")
    assert (ended, capfd.readouterr().err) == ([False], "terminated\n")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for workers in /proc")
def test_only_workers_that_make_a_run_are_told_to_stop(tmp_path: Path) -> None:
    """They hold its lock; one that starts, or is idle, does not."""
    store = Store(tmp_path / "store")
    (tmp_path / "link").symlink_to("store")
    with store.lock("0123456789ab"), open(store.locks / "0123456789ab.lock") as lock:
        maker, idle = (subprocess.Popen(["sleep", "600"], stdin=stdin) for stdin in (lock, subprocess.DEVNULL))
        try:
            assert workers._workers_below(os.getpid(), tmp_path / "link" / "locks") == [maker.pid]
        finally:
            for process in (maker, idle):
                process.kill()
                process.wait()


def test_no_workers_are_no_choice(nst: Command) -> None:
    answer = nst("-m", "seed=0,1", "hydra/launcher=joblib", "hydra.launcher.n_jobs=0")
    assert (answer.code, answer.err) == (2, "error: hydra.launcher.n_jobs=0: must be 1 or more, or -1 for all cores\n")
    assert not list(nst.folder.iterdir())


def test_a_run_that_takes_too_long_is_one_line() -> None:
    said = worker_failure(multiprocessing.TimeoutError())
    assert said is not None and "hydra.launcher.timeout" in said and "\n" not in said


# --- GPUs of this host ----------------------------------------------------------------------------------------------


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host with two GPUs, a folder for its locks, and a process that has taken none."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(workers, "lock_folder", lambda: tmp_path)
    monkeypatch.setattr(workers, "_held", None)
    monkeypatch.setenv(VISIBLE, "")
    monkeypatch.delenv(VISIBLE)
    return tmp_path


def test_each_worker_takes_the_first_that_is_free(tmp_path: Path) -> None:
    first, second = claim(["0", "1"], tmp_path), claim(["0", "1"], tmp_path)
    assert [(taken.gpu, taken.others) for taken in (first, second)] == [("0", 0), ("1", 0)]
    first.lock.release()
    third = claim(["0", "1"], tmp_path)
    assert (third.gpu, third.others) == ("0", 0)


def test_more_workers_than_gpus_share_them_evenly(tmp_path: Path) -> None:
    held = [claim(["0", "1"], tmp_path) for _ in range(5)]
    assert [(taken.gpu, taken.others) for taken in held] == [("0", 0), ("1", 0), ("0", 1), ("1", 1), ("0", 2)]


def test_gpus_may_have_names_that_are_no_file_names(tmp_path: Path) -> None:
    held = [claim(["MIG-GPU-8a/1/0"], tmp_path) for _ in range(2)]
    assert [taken.others for taken in held] == [0, 1]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_process_sees_only_the_gpu_it_took(host: Path) -> None:
    other = claim(["0"], host)
    taken = take_gpu()
    assert taken is not None and (taken.gpu, os.environ[VISIBLE]) == ("1", "1")
    other.lock.release()
    assert take_gpu() is None and os.environ[VISIBLE] == "1", "it keeps the one it has"


def test_only_gpus_that_were_left_visible_are_taken(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VISIBLE, "3, GPU-5f")
    assert visible_gpus() == ["3", "GPU-5f"]
    held = claim(["3"], host)
    taken = take_gpu()
    assert taken is not None and os.environ[VISIBLE] == "GPU-5f"
    held.lock.release()


def test_a_host_without_gpus_has_none_to_take(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert take_gpu() is None and VISIBLE not in os.environ
    monkeypatch.setenv(VISIBLE, "0,1")
    assert take_gpu() is None and os.environ[VISIBLE] == "0,1"


def test_stores_of_one_host_and_user_share_the_locks() -> None:
    assert lock_folder().is_absolute() and lock_folder().parent.is_dir()


WORKER = """\
import os, sys, torch
torch.cuda.device_count = lambda: 2
from nst.sweep.hydra.workers import take_gpu
take_gpu()
print(os.environ["CUDA_VISIBLE_DEVICES"], flush=True)
sys.stdin.read()
"""


def test_a_killed_worker_gives_its_gpu_back(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop(VISIBLE, None)

    def worker() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def taken(process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None
        return process.stdout.readline().strip()

    first = worker()
    seen = [taken(first)]
    second = worker()
    seen.append(taken(second))
    first.kill()
    first.communicate()
    third = worker()
    seen.append(taken(third))
    for process in (second, third):
        process.communicate()
    assert seen == ["0", "1", "0"]
