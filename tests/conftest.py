"""What the tests of the core share: the real network once, a tiny seeded one, and valid specs and configurations."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin make a busy machine ten times slower
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a script: nothing could be interrupted
    signal.signal(signal.SIGINT, signal.default_int_handler)

import hypothesis
import pytest
import torch
from specs import DEFAULTS, flat_spec
from sweep.command import Command, Transfers, watch_transfers
from torch import Tensor

from nst.engine import transfer
from nst.inputs import load_inputs, set_up
from nst.networks import architecture
from nst.networks.base.architecture import Architecture
from nst.networks.base.network import Network, network
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import WeightsFile, identify, load
from nst.objective.reference import LossValues
from nst.optimizer.loop import make_optimizer, optimise
from nst.pictures.find import file_hash, find
from nst.result import Result
from nst.spec.records import Lbfgs, PictureFile, Spec
from nst.spec.schema import Config
from nst.store.store import Store

THREADS = 2
TINY = Architecture("tiny", ((2, 4), (2, 6), (1, 8)))

hypothesis.settings.register_profile("nst", deadline=None, derandomize=True)
hypothesis.settings.load_profile("nst")


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    """Results on a CPU depend on the number of threads, so every test has the same."""
    torch.set_num_threads(THREADS)
    yield


@pytest.fixture(scope="session")
def bundled_file() -> WeightsFile:
    return identify(architecture("vgg19"), "bundled")


@pytest.fixture(scope="session")
def bundled(bundled_file: WeightsFile) -> Network:
    """The real network in float32, the very object that `transfer` and `measure` use."""
    return network("vgg19", bundled_file, torch.float32, "cpu")


@pytest.fixture(scope="session")
def tiny_weights() -> Weights:
    """The first five convolutions with a few channels each and seeded weights; pooled where VGG-19 is."""
    generator = torch.Generator().manual_seed(0)
    layers = []
    for c in TINY.convolutions:
        weight = (
            torch.randn(c.channels_out, c.channels_in, 3, 3, generator=generator) * (2 / (9 * c.channels_in)) ** 0.5
        )
        layers.append((weight, torch.randn(c.channels_out, generator=generator) / 10))
    return Weights(tuple(layers), torch.tensor([0.48, 0.45, 0.4]).view(1, 3, 1, 1))


@pytest.fixture(scope="session")
def tiny(tiny_weights: Weights) -> Network:
    """A network for exact arithmetic: small, float64."""
    return Network(TINY, tiny_weights, torch.float64)


@pytest.fixture(scope="session")
def chelsea() -> PictureFile:
    return picture_file("chelsea")


@pytest.fixture(scope="session")
def ihc() -> PictureFile:
    return picture_file("ihc")


def picture_file(name: str) -> PictureFile:
    path = find(name)
    return PictureFile(str(path), file_hash(path))


@pytest.fixture(scope="session")
def make_spec(bundled_file: WeightsFile, chelsea: PictureFile, ihc: PictureFile) -> Callable[..., Spec]:
    """`make_spec(steps=5)`: a small transfer in float32 with that changed; one weight a layer unless given."""

    def make(**changes: Any) -> Spec:
        pictures = {"content": chelsea, "style": ihc}
        return flat_spec(**{**DEFAULTS, **pictures, "weights": bundled_file, "threads": THREADS, **changes})

    return make


@dataclass(frozen=True)
class TutorialRun:
    """What a run visited: the picture and the losses at every evaluation, and the picture after the last update."""

    pictures: tuple[Tensor, ...]
    losses: tuple[LossValues, ...]
    final: Tensor


@pytest.fixture(scope="session")
def tutorial_spec(make_spec: Callable[..., Spec]) -> Spec:
    """The tutorial's transfer on built-in pictures, in float64, small and short."""
    return make_spec(precision="fp64", optimizer=Lbfgs(clamp="closure"), steps=40)


@pytest.fixture(scope="session")
def tutorial_run(tutorial_spec: Spec) -> TutorialRun:
    """Our loop on it."""
    torch.set_num_threads(THREADS)
    picture, objective = set_up(tutorial_spec, load_inputs(tutorial_spec))
    seen: list[tuple[Tensor, LossValues]] = []
    optimise(
        objective,
        make_optimizer(tutorial_spec.optimizer),
        picture,
        tutorial_spec.steps,
        callback=lambda progress: seen.append((progress.picture.clone(), progress.losses)),
    )
    return TutorialRun(tuple(p for p, _ in seen), tuple(v for _, v in seen), picture)


@pytest.fixture(scope="session")
def double_weights(bundled_file: WeightsFile) -> Weights:
    """The bundled weights in float64."""
    weights = load(architecture("vgg19"), bundled_file)
    return Weights(tuple((w.double(), b.double()) for w, b in weights.layers), weights.mean.double())


@pytest.fixture(scope="session")
def content_only() -> dict[str, Any]:
    """Changes that make a spec a reconstruction from noise."""
    return {"style": None, "style_layers": (), "style_weight": 0.0, "init": "uniform"}


@pytest.fixture(scope="session")
def style_only() -> dict[str, Any]:
    """Changes that make a spec a texture from noise."""
    return {"content": None, "content_layers": (), "content_weight": 0.0, "init": "uniform"}


@pytest.fixture
def config() -> Callable[..., Config]:
    """`config(size=64)`: a small configuration for `resolve`, as Hydra would compose it, with that changed."""

    def make(**changes: Any) -> Config:
        values: dict[str, Any] = {
            **{"size": 64, "steps": 3, "optimizer": {"name": "lbfgs"}, "device": "cpu", "precision": "fp32"},
            **{"threads": THREADS, "picture_dirs": [], **changes},
        }
        return Config(**values)

    return make


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store; nothing is created before something is written."""
    return Store(tmp_path / "runs")


@pytest.fixture(scope="session")
def small(make_spec: Callable[..., Spec]) -> Spec:
    return make_spec(content_layers=("conv_1",), style_layers=("conv_2",), size=32, steps=2)


@pytest.fixture(scope="session")
def result(small: Spec) -> Result:
    """One real run, the smallest there is, made once."""
    return transfer(small)


# --- files of the write-up, which are not in the repository ----------------------------------------------------------


@pytest.fixture(scope="session")
def writeup_pictures() -> Path:
    """The folder with the write-up's pictures."""
    return file_named_by("NST_TEST_PICTURES")


@pytest.fixture(scope="session")
def writeup_text() -> Path:
    """The write-up's text file."""
    return file_named_by("NST_TEST_WRITEUP")


def file_named_by(variable: str) -> Path:
    """The absolute path in an environment variable; skips if it is unset, fails if nothing is there."""
    if not (name := os.environ.get(variable)):
        pytest.skip(f"{variable} does not say where the write-up's files are")
    path = Path(os.path.abspath(name))
    assert path.exists(), f"{variable}={name}: no such file or folder"
    return path


# --- the command line in a folder of its own, its runs watched, its report left out ----------------------------------


@pytest.fixture
def nst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


@pytest.fixture
def transfers(monkeypatch: pytest.MonkeyPatch) -> Transfers:
    return watch_transfers(monkeypatch)


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes a second; where the report is not the point, it is left out."""
    monkeypatch.setattr("nst.sweep.scheduler.write_report", lambda *_: Path("index.html"))
    monkeypatch.setattr("nst.sweep.progress.LivePage.begin", lambda _: None)
    monkeypatch.setattr("nst.sweep.progress.LivePage.after_run", lambda _: None)
