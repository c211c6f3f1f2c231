"""A store written by hand, of any shape: the report's tests need no run, no network and no Hydra."""

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nst.store.store
from nst.store.plan import Plan, PlannedRun, write_plan

METRICS = {
    **{"steps_requested": 150, "evaluations": 150, "content_loss": 4.2, "style_loss": 3.1e-6, "tv_loss": 0.0},
    **{"total_loss": 7.3, "best_total_loss": 7.2, "best_evaluation": 148, "seconds_setup": 0.8},
    **{"seconds_warmup": 0.5, "seconds_loop": 30.0, "ms_per_evaluation_p50": 200.0, "ms_per_evaluation_p90": 220.0},
    **{"peak_memory_mib": 900.0, "psnr_content_db": 18.2, "ssim_content": 0.61, "stopped": "steps"},
}
PROVENANCE = {"device": "Xeon", "host": "node1", "threads": 2, "precision": "fp32", "versions": {"torch": "2.11.0"}}


def paint(path: Path, size: tuple[int, int] = (64, 64), seed: int = 0) -> Path:
    """A picture with soft coloured blobs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


class Store:
    """A `runs` folder. `sweep` writes a plan; `done`, `failed` and `trace` fill the folders of its jobs."""

    def __init__(self, root: Path) -> None:
        self.root, self.store = root, nst.store.store.Store(root)

    def sweep(self, name: str, axes: Mapping[str, Sequence[Any]], **extra: Any) -> list[dict[str, Any]]:
        """A plan with the product of the axes; `pairs` in extra: rows of values instead of the product."""
        rows = extra.pop("pairs", None) or list(itertools.product(*axes.values()))
        jobs = extra.pop("jobs", None) or [self._job(name, dict(zip(axes, row, strict=True))) for row in rows]
        plan = {"name": name, "sweep": name, "purpose": "To see.", "command": f"nst sweep={name}", "created_utc": ""}
        plan |= {"varied": tuple(axes), "constants": {"size": 64, "steps": 150}, "report": {}} | extra
        write_plan(self.store, Plan(**plan, runs=tuple(PlannedRun(**job) for job in jobs)))
        return jobs

    def done(self, job: Mapping[str, Any], size: tuple[int, int] = (64, 64), **metrics: Any) -> None:
        """A finished job with its pictures; metrics on top of `METRICS`."""
        folder = self.root / "jobs" / str(job["signature"])
        seed = int(str(job["signature"]), 16) % 1000
        paint(folder / "image.png", size, seed)
        paint(folder / "start.png", size, seed + 1)
        self.write(f"jobs/{job['signature']}/provenance.json", PROVENANCE | metrics.pop("provenance", {}))
        self.write(f"jobs/{job['signature']}/metrics.json", METRICS | metrics)

    def failed(self, job: Mapping[str, Any], message: str) -> None:
        """A failed job."""
        self.write(f"jobs/{job['signature']}/error.json", {"type": "JobError", "message": message, "evaluations": 212})

    def input(self, digest: str, size: tuple[int, int] = (64, 64), seed: int = 7) -> str:
        """An input picture; returns its hash."""
        paint(self.root / "pictures" / f"{digest}.png", size, seed)
        return digest

    def trace(self, job: Mapping[str, Any], losses: Sequence[float]) -> None:
        """The course of a job's total loss."""
        lines = ["evaluation,seconds,content_loss,style_loss,total_loss"]
        lines += [f"{n},{n / 5},{loss / 2},{loss / 2e6},{loss}" for n, loss in enumerate(losses, start=1)]
        path = self.root / "jobs" / str(job["signature"]) / "trace.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def write(self, where: str, content: object) -> Path:
        """JSON at a path inside the store."""
        path = self.root / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def _job(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        signature = hashlib.sha256(f"{name}{values}".encode()).hexdigest()[:12]
        overrides = [f"{key}={value}" for key, value in values.items()]
        return {
            "signature": signature,
            "label": ",".join(map(str, values.values())),
            "values": values,
            "overrides": overrides,
        }


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "runs")
