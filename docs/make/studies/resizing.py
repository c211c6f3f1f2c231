"""Compare `preset=tutorial`, with each filter that fits pictures to the size, to the tutorial's loop on the files."""

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from torchvision.transforms import Resize

from docs.make.studies.fidelity import KEYS, PLAIN, check, start_of, totals
from docs.make.studies.study import Study
from nst.pictures.load import full_image
from nst.spec.records import Picture
from nst.store.store import Store

FILES = ("content", "style")


def tables(runs: pd.DataFrame) -> dict[str, str]:
    """Return total losses of the final pictures by start, of the plain loop and of nst with each filter."""
    loops = runs["engine"].where(runs["engine"] == PLAIN, "nst " + runs["resize"])
    order = [PLAIN, *(loop for loop in loops.unique() if loop != PLAIN)]
    return {"final": totals(runs.assign(loop=loops, start=start_of(runs)), "total_loss", order)}


def baseline(runs: pd.DataFrame) -> pd.DataFrame:
    """Run the tutorial's loop on the files, resized as the tutorial does, once for each bilinear run."""
    from docs.make.studies.plain_run import plain_run

    rows = []
    for run in runs[runs["resize"] == "bilinear"].to_dict("records"):
        check(run)
        with tempfile.TemporaryDirectory() as folder:
            content, style = _resized(Path(run["trace"]).parent, int(run["size"]), Path(folder))
            found = plain_run(content, style, run["init"], int(run["seed"]), run["steps"])
        numbers = {"total_loss": found.total_loss, "device": found.device, "state": "done", "resize": "torchvision"}
        kept = {key: run[key] for key in KEYS}
        rows.append({"engine": PLAIN, **kept, **numbers, **STUDY.course(pd.DataFrame(found.trace))})
    return pd.DataFrame(rows)


def _resized(folder: Path, size: int, to: Path) -> list[Path]:
    """Write the picture files of a run as torchvision resizes them, the shorter side to `size`; return their paths."""
    spec = Store(folder.parents[1]).spec(folder.name)
    assert spec is not None, f"{folder} has no spec"
    paths = [to / f"{name}.png" for name in FILES]
    for name, path in zip(FILES, paths, strict=True):
        _resize(spec.pictures[name], size).save(path)
    return paths


def _resize(picture: Picture, size: int) -> Any:
    return Resize(size)(full_image(picture))


STUDY = Study("resizing", (*KEYS, "resize"), tables, baseline=baseline, on_page_of="fidelity")
