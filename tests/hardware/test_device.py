"""Device, threads and precision are decided when the plan is made; what is not there is refused."""

import os

import pytest
import torch

from nst.errors import UserError
from nst.hardware import device
from nst.hardware.device import device_name, has_bf16, pick_device, pick_precision, pick_threads


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.fixture
def bare_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_auto_takes_the_fastest_device(monkeypatch: pytest.MonkeyPatch, bare_cpu: None) -> None:
    assert pick_device("auto") == "cpu"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert pick_device("auto") == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert pick_device("auto") == "cuda:0"


def test_every_cuda_device_has_a_number(two_gpus: None) -> None:
    assert [pick_device(name) for name in ("cuda", "cuda:0", "cuda:1")] == ["cuda:0", "cuda:0", "cuda:1"]
    with pytest.raises(UserError, match="device=cuda:2: this machine has 2 CUDA devices"):
        pick_device("cuda:2")


def test_absent_devices_are_refused(bare_cpu: None) -> None:
    assert pick_device("cpu") == "cpu"
    with pytest.raises(UserError, match="device=cuda: this machine has 0 CUDA devices"):
        pick_device("cuda")
    with pytest.raises(UserError, match="device=mps: PyTorch finds no Metal device"):
        pick_device("mps")


@pytest.mark.parametrize("name", ["gpu", "", "cpu:1", "cuda:x", "cuda:-1", "mps:0"])
def test_unknown_devices_list_the_choices(name: str) -> None:
    with pytest.raises(UserError, match=f"device={name}: unknown; choose from auto, cpu, cuda, cuda:N, mps"):
        pick_device(name)


def test_threads() -> None:
    assert pick_threads("auto") == len(os.sched_getaffinity(0))
    assert pick_threads(1) == 1 and pick_threads(1024) == 1024


@pytest.mark.parametrize("value", [0, -2, 1025, 1.5, "two", True, None])
def test_senseless_threads_are_refused(value: object) -> None:
    with pytest.raises(UserError, match=f"threads={value}: must be 'auto' or a number from 1 to 1024"):
        pick_threads(value)


@pytest.mark.parametrize(
    ("flags", "is_transfer", "expected"),
    [
        ({"amx_bf16"}, True, "bf16"),
        ({"avx512_bf16"}, True, "bf16"),
        ({"avx2"}, True, "fp32"),
        ({"amx_bf16"}, False, "fp32"),
    ],
)
def test_auto_precision_is_bf16_for_transfers_on_a_fast_cpu(
    monkeypatch: pytest.MonkeyPatch, flags: set[str], is_transfer: bool, expected: str
) -> None:
    monkeypatch.setattr(device, "_cpu_flags", lambda: frozenset(flags))
    assert pick_precision("auto", "cpu", is_transfer) == expected


@pytest.mark.parametrize(("capability", "fast"), [((7, 5), False), ((8, 0), True), ((9, 0), True)])
def test_bf16_on_cuda_from_capability_8(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], fast: bool
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda name: capability)
    assert has_bf16("cuda:0") is fast


def test_a_precision_that_is_named_is_taken() -> None:
    assert [pick_precision(name, "cpu", False) for name in ("fp32", "bf16", "fp64")] == ["fp32", "bf16", "fp64"]
    with pytest.raises(UserError, match="precision=fp23: unknown; choose from auto, fp32"):
        pick_precision("fp23", "cpu", True)


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps"])
def test_winograd_is_for_cpus(name: str) -> None:
    assert pick_precision("fp32_winograd", "cpu", True) == "fp32_winograd"
    with pytest.raises(
        UserError, match=f"^precision=fp32_winograd: for CPUs only, not device={name}; use precision=fp32$"
    ):
        pick_precision("fp32_winograd", name, True)


def test_mps_has_no_bf16() -> None:
    assert not has_bf16("mps")


def test_the_processor_has_a_name() -> None:
    assert device_name("cpu").strip()
