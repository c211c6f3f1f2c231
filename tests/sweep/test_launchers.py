"""Real workers: joblib's, submitit's with and without a stand-in for Slurm, and a Ray cluster of two nodes."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from nst.hardware.device import GRANTS, processors
from nst.store.files.atomic import read_json
from nst.store.store import Store
from nst.sweep.files import data_folder

from . import slurm
from .command import TINY

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for workers in /proc"),
]
LONGER = ("size=64", "steps=30", "content_layers=conv_1", "style_layers=conv_1-5", "device=cpu", "precision=fp32")
"""Runs of about a second: time to lose a worker in."""
LIMIT = 120.0


class Driver:
    """`python -m nst.run` in a process and a folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.store = folder, Store(folder / "runs")
        inherited = {name: value for name, value in os.environ.items() if name not in GRANTS}
        self.environment = {**inherited, "COLUMNS": "200", **environment}

    def start(self, launcher: str, *arguments: str) -> "subprocess.Popen[str]":
        """Begin a sweep."""
        command = [sys.executable, "-m", "nst.run", f"hydra/launcher={launcher}", "-m", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=pipe, stderr=subprocess.STDOUT, text=True
        )

    def __call__(self, launcher: str, *arguments: str) -> tuple[int, str]:
        """A whole sweep; its exit code, and what it said."""
        return ended(self.start(launcher, *arguments))

    def records(self) -> list[dict[str, Any]]:
        """What provenance says of each run that is done."""
        found = [read_json(path.parent / "provenance.json") for path in self.store.root.glob("jobs/*/metrics.json")]
        return [record for record in found if record is not None]


@pytest.fixture
def driver(tmp_path: Path) -> Driver:
    return Driver(tmp_path)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Wait for a driver."""
    try:
        said = process.communicate(timeout=LIMIT)[0]
    finally:
        process.kill()
    return process.returncode, said


def wait_for(condition: Callable[[], Any], process: "subprocess.Popen[str]") -> Any:
    """What a condition gives, once it gives something."""
    limit = time.monotonic() + LIMIT
    while not (found := condition()):
        assert process.poll() is None, ended(process)[1]
        assert time.monotonic() < limit, "nothing happened"
        time.sleep(0.05)
    return found


def workers_of(process: "subprocess.Popen[str]") -> list[int]:
    """joblib's worker processes under a driver."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(child) for child in children if b"popen_loky" in Path(f"/proc/{child}/cmdline").read_bytes()]


def check_whole(driver: Driver, code: int, said: str, runs: int) -> None:
    """All runs are done, each was made once, one report tells of them, and nothing else lies about."""
    assert code == 0, said
    records = driver.records()
    assert len(records) == runs and {record["attempt"] for record in records} == {1}, said
    assert len(re.findall(r"^report: .*index\.html$", said, re.MULTILINE)) == 1 and "Traceback" not in said, said
    assert [path.name for path in driver.folder.iterdir()] == ["runs"]
    assert {path.name for path in driver.store.root.iterdir()} <= {".nst-store", "jobs", "locks", "pictures", "sweeps"}
    assert not list(driver.store.root.glob("jobs/*/.hydra"))


def test_two_workers_of_joblib_share_the_threads(driver: Driver) -> None:
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher", reason="needs nst[joblib]")
    tiny = [argument for argument in TINY if argument != "threads=1"]
    code, said = driver("joblib", "hydra.launcher.n_jobs=2", *tiny, "seed=0,1,2,3")
    check_whole(driver, code, said, runs=4)
    assert {record["threads"] for record in driver.records()} == {max(1, processors() // 2)}
    assert {record["workers"] for record in driver.records()} == {2}
    assert "seed=3" in {argument for record in driver.records() for argument in record["argv"]}


def test_after_a_killed_worker_the_same_command_goes_on(driver: Driver) -> None:
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher", reason="needs nst[joblib]")
    process = driver.start("joblib", *LONGER, "seed=0,1,2")
    wait_for(lambda: any((driver.store.root / "locks").glob("[0-9a-f]*.lock")), process)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    code, said = ended(process)
    assert code == 1 and "Traceback" not in said, said
    assert re.search(r"^stopped: a worker was killed .* the same command resumes from here$", said, re.MULTILINE)
    assert len(driver.records()) < 3
    code, said = driver("joblib", *LONGER, "seed=0,1,2")
    check_whole(driver, code, said, runs=3)


def test_submitit_makes_each_run_in_a_process_of_its_own(driver: Driver) -> None:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher", reason="needs nst[slurm]")
    code, said = driver("slurm_local", *TINY, "seed=0,1")
    check_whole(driver, code, said, runs=2)
    logs = driver.store.root.glob("sweeps/*/.submitit/*/*.err")
    assert sorted(re.findall(r"\[\d/2\] seed \d", "".join(log.read_text() for log in logs))) == [
        "[1/2] seed 0",
        "[2/2] seed 1",
    ]


def test_a_job_array_of_slurm(tmp_path: Path) -> None:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher", reason="needs nst[slurm]")
    folder = tmp_path / "work"
    folder.mkdir()
    commands = slurm.install(tmp_path / "bin")
    driver = Driver(folder, PATH=f"{commands}:{os.environ['PATH']}")
    tiny = [argument for argument in TINY if argument != "threads=1"]
    options = ("hydra.launcher.cpus_per_task=1", "hydra.launcher.partition=long", "hydra.launcher.array_parallelism=2")
    code, said = driver("slurm", *options, *tiny, "seed=0,1")
    check_whole(driver, code, said, runs=2)
    assert {record["threads"] for record in driver.records()} == {1}
    script = next(driver.store.root.glob("sweeps/*/.submitit/.submission_file_*.sh")).read_text()
    wanted = ("--array=0-1%2", "--gpus-per-node=1", "--cpus-per-task=1", "--partition=long", "--time=60", "--mem=16GB")
    assert [line for line in wanted if f"#SBATCH {line}\n" not in script] == []


@pytest.mark.parametrize("plugin", ["joblib", "submitit", "ray"])
def test_our_files_have_only_keys_that_the_plugins_know(plugin: str) -> None:
    name = {"joblib": "config", "submitit": "config", "ray": "_config"}[plugin]
    module = pytest.importorskip(f"hydra_plugins.hydra_{plugin}_launcher.{name}", reason="needs the extra")
    known = {
        "joblib": {"joblib": "JobLibLauncherConf"},
        "submitit": {"slurm": "SlurmQueueConf", "slurm_local": "LocalQueueConf"},
        "ray": {"ray": "RayLauncherConf"},
    }
    for ours, theirs in known[plugin].items():
        settings = OmegaConf.load(data_folder("conf") / "hydra" / "launcher" / f"{ours}.yaml")
        structured = OmegaConf.structured(getattr(module, theirs))
        assert set(settings) <= set(structured) and settings._target_ == structured._target_


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A Ray cluster of two nodes, each with one CPU, on this host."""
    pytest.importorskip("hydra_plugins.hydra_ray_launcher", reason="needs nst[ray]")
    from ray.cluster_utils import Cluster

    small = {"num_cpus": 1, "num_gpus": 0, "object_store_memory": 80 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args={**small, "include_dashboard": False})
    cluster.add_node(**small)
    yield cluster
    cluster.shutdown()


@pytest.mark.filterwarnings("ignore")  # Ray's own
def test_a_ray_cluster_that_loses_a_node(cluster: Any, driver: Driver) -> None:
    sweep = (f"hydra.launcher.ray.init.address={cluster.address}", *LONGER, "seed=0,1,2,3,4,5")
    process = driver.start("ray", *sweep)
    wait_for(lambda: len(list((driver.store.root / "locks").glob("[0-9a-f]*.lock"))) >= 2, process)
    cluster.remove_node(cluster.worker_nodes.copy().pop(), allow_graceful=False)
    first, said = ended(process)
    assert first in (0, 1) and "Traceback" not in said, said
    makers = Counter(re.findall(r"pid=(\d+).*\] seed \d +done in", said))
    assert max(makers.values()) >= 2, "a warm worker makes several runs"
    again, said_again = driver("ray", *sweep)
    check_whole(driver, again, said_again, runs=6)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_workers_end_with_their_driver_and_keep_a_checkpoint(driver: Driver, number: int, code: int) -> None:
    """Two of four endless runs are being made; nothing is left running, nothing is warned of."""
    endless = ("steps=100000000", "seed=range(4)", "init=noise", "checkpoint_every=100000000", "threads=1")
    process = driver.start("joblib", *LONGER, *endless, "hydra.launcher.n_jobs=2")
    jobs = driver.store.root / "jobs"
    wait_for(lambda: sum(map(driver.store.is_locked, locks(driver))) == 2, process)
    workers = workers_of(process)
    time.sleep(2)  # in the midst of their evaluations
    process.send_signal(number)
    returned, said = ended(process)
    assert returned == code and "Traceback" not in said and "arning" not in said
    assert said.count("  stopped after evaluation ") == 2
    assert said.count("terminated: finished runs are kept; the same command resumes from here") == (code == 143)
    assert [path.name for path in jobs.glob("*/*")] == ["checkpoint.pt"] * 2
    assert not any(map(is_running, workers))


@pytest.mark.filterwarnings("ignore")  # Ray's own
def test_rays_workers_end_with_their_driver_and_keep_a_checkpoint(driver: Driver) -> None:
    pytest.importorskip("hydra_plugins.hydra_ray_launcher", reason="needs nst[ray]")
    endless = ("steps=100000000", "seed=range(4)", "init=noise", "checkpoint_every=100000000")
    process = driver.start("ray", *LONGER, *endless)
    wait_for(lambda: sum(map(driver.store.is_locked, locks(driver))) == 2, process)
    time.sleep(2)  # in the midst of their evaluations
    process.send_signal(signal.SIGTERM)
    returned, said = ended(process)
    assert returned == 143 and "Traceback" not in said and ".cc:" not in said and "x1b" not in said, said
    assert said.count("terminated: finished runs are kept; the same command resumes from here") == 1
    jobs = driver.store.root / "jobs"
    assert [path.name for path in jobs.glob("*/*")] == ["checkpoint.pt"] * 2


def is_running(process: int) -> bool:
    """Not one that has ended and that nobody has asked after."""
    path = Path(f"/proc/{process}/cmdline")
    return path.exists() and path.read_bytes() != b""


def locks(driver: Driver) -> list[str]:
    return [path.stem for path in driver.store.root.glob("locks/*.lock") if not path.stem.startswith("report-")]
