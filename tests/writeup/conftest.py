"""A small store with all sweeps of the write-up in it, each with two runs or so, and nothing drawn for it."""

from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from report.conftest import Store, paint
from specs import DEFAULTS, flat_spec

from nst.networks.base.weights import WeightsFile
from nst.report.context import ReportContext
from nst.report.figure.figures import Figure, Figures
from nst.spec.records import PictureFile, Spec
from nst.spec.signature import to_dict
from nst.statements.statement import Finding
from nst.writeup.site.contents import EVERY

AXES: dict[str, dict[str, list[Any]]] = {
    "content_layers": {"content_layers": ["conv_1", "conv_3"]},
    "style_layers": {"style_layers": ["conv_1-3", "conv_4-6"]},
    "timing": {"repeat": [0, 1], "steps": [100, 150], "init": ["noise", "content"]},
}
WEIGHTS = {"source": "bundled", "path": "/w.bin", "sha256": "c34748d2a8b1" + 52 * "0"}
ORIGIN = {"weights": WEIGHTS, "device_id": "cpu", "started_utc": "2026-11-22T10:00:00", "ended_utc": "2026-11-23"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store; written by hand."""
    return Store(tmp_path / "runs")


def fill(store: Store, sweeps: Sequence[str] = EVERY) -> dict[str, list[dict[str, Any]]]:
    """Finished runs of these sweeps; returns their jobs."""
    jobs = {}
    for name in sweeps:
        constants = {"content": "wally", "style": "picasso", "size": 64, "steps": 150}
        crop = {"crop": [0, 0, 16, 16]} if name in ("content_noises", "style_noises", "sizes") else {}
        jobs[name] = store.sweep(name, AXES.get(name, {"seed": [0, 1]}), constants=constants, report=crop)
        for job in jobs[name]:
            store.done(job, (24, 24), inputs={"content": store.input("c0"), "style": store.input("s0")})
            store.write(f"jobs/{job['signature']}/provenance.json", ORIGIN | {"device": "Xeon", "precision": "fp32"})
            describe(store, job, a_spec())
    return jobs


def a_spec(**changes: Any) -> Spec:
    """A transfer of two pictures that need not exist, with flat keys changed."""
    pictures = {kind: PictureFile(f"/{kind}.png", 64 * kind[0]) for kind in ("content", "style")}
    return flat_spec(**{**DEFAULTS, **pictures, "weights": WeightsFile(**WEIGHTS), "threads": 2, "size": 64, **changes})


def describe(store: Store, job: dict[str, Any], spec: Spec) -> None:
    """The `spec.yaml` of a run."""
    text = yaml.safe_dump(to_dict(spec))
    (store.root / "jobs" / job["signature"] / "spec.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes a second a sweep; here each drawing is a small picture."""

    def write(context: ReportContext, _formats: object) -> Figures:
        files = ["grid.png", *(["crops.png"] if context.crop else []), "curves.png"]
        drawn = {file[:-4]: Figure(file, 24, 24, f"{file} of {context.plan.name}") for file in files}
        for file in files:
            paint(context.folder / file, (24, 24))
        return Figures(**drawn)

    monkeypatch.setattr("nst.report.figure.figures.write", write)


def finding(claim: str = "content_depth", **changes: Any) -> Finding:
    """A finding with an answer that can be looked for."""
    values: dict[str, Any] = {
        **{"claim": claim, "quote": "the worse result it gets", "statistic": "rank correlation", "unit": ""},
        **{"effect": 0.91237, "low": 0.8, "high": 0.97, "n": 5, "verdict": "holds", "reading": "It falls."},
        **{"values": pd.DataFrame({"picture": ["wally"], "psnr_content_db": [31.25]}), **changes},
    }
    return Finding(**values)


class Page(HTMLParser):
    """The references of a page, the targets for references, and the tags."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.alts: list[str | None] = []
        self.text = (folder / "index.html").read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for key, value in attrs if key in ("href", "src") and value]
        self.ids += [value for key, value in attrs if key == "id" and value]
        self.alts += [dict(attrs).get("alt")] if tag == "img" else []
