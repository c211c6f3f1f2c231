"""How close nst stays to the PyTorch tutorial: the same pictures, weights and starts through both loops.

    python -m nst.bench.fidelity --picture-dir DIR      # DIR holds dancing and picasso; minutes on a GPU

Keeps every run in `benchmarks/fidelity.csv` and makes only those that are missing; then writes `docs/fidelity.md`.
"""

import argparse
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from hydra import compose, initialize_config_dir
from torch import Tensor

from nst.bench.fidelity_page import EVALUATIONS, MARKS, PLAIN, STARTS, Row, page
from nst.bench.tutorial import plain_loop
from nst.device import device_name, pick_device
from nst.engine import load_inputs, prepare_device, set_up, transfer
from nst.networks.base.weights import Weights, load
from nst.objective.objective import Objective
from nst.objective.reference import LossValues, Reference
from nst.spec.from_hydra import config_from
from nst.spec.records import Spec
from nst.spec.resolve import resolve
from nst.spec.schema import register
from nst.store.atomic import write_text
from nst.sweep.files import data_folder, register_sweeps, sweep_files

RESULTS = Path("benchmarks/fidelity.csv")
PAGE = Path("docs/fidelity.md")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m nst.bench.fidelity", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--picture-dir", type=Path, help="a folder that holds dancing and picasso")
    parser.add_argument("--starts", default=",".join(STARTS), help="content, and seeds of noise")
    parser.add_argument("--precisions", default="fp32,bf16", help="of nst")
    parser.add_argument("--device", default="auto", help="of both loops")
    parser.add_argument("--page-only", action="store_true", help="write the page from what was measured before")
    options = parser.parse_args(arguments)
    rows = read_rows(RESULTS)
    if not options.page_only:
        if options.picture_dir is None:
            parser.error("--picture-dir is needed to measure; --page-only needs none")
        precisions = options.precisions.split(",")
        rows = measure(rows, options.starts.split(","), options.picture_dir, precisions, pick_device(options.device))
    write_text(PAGE, page(rows))
    print(f"{RESULTS}: {len(rows)} rows; {PAGE} written")


def measure(
    rows: list[Row], starts: Sequence[str], pictures: Path, precisions: Sequence[str] = ("fp32",), device: str = "cpu"
) -> list[Row]:
    """Make the runs that `rows` lacks, keeping each as soon as it is there."""
    for start in starts:
        exact = tutorial_spec(start, pictures, "fp32", device=device)
        specs = [tutorial_spec(start, pictures, precision, device=device) for precision in precisions]
        for engine, run, spec in ((PLAIN, run_plain, exact), *((f"nst {s.precision}", run_nst, s) for s in specs)):
            if not any(row.engine == engine and row.start == start for row in rows):
                rows = rows + list(run(spec, start))
                write_text(RESULTS, _csv(rows))
    return rows


def tutorial_spec(start: str, pictures: Path, precision: str = "fp32", size: int = 512, device: str = "cpu") -> Spec:
    """`preset=tutorial` on dancing and picasso, for 300 evaluations."""
    register()
    register_sweeps(sweep_files(), None, quick=False)
    init = ["init=content"] if start == "content" else ["init=gaussian", f"seed={start}"]
    overrides = [
        "preset=tutorial",
        f"steps={EVALUATIONS}",
        f"precision={precision}",
        f"device={device}",
        "trace_every=1",
        "pictures=writeup",
        "content=dancing",
        "style=picasso",
        *init,
    ]
    with initialize_config_dir(str(data_folder("conf")), version_base="1.3"):
        config = config_from(compose("config", overrides))
    config.picture_dirs, config.size = [str(pictures)], size
    return resolve(config)


def run_plain(spec: Spec, start: str) -> Iterator[Row]:
    """The tutorial's loop, as it stands in `nst.bench.tutorial`; on CUDA without TF32."""
    prepare_device(spec)
    inputs = load_inputs(spec)
    picture, reference = set_up(spec, inputs)
    content, style = (side.to(spec.runtime.device) for side in _tensors(spec))
    weights = load(spec.weights)
    layers = tuple(
        (weight.to(spec.runtime.device), bias.to(spec.runtime.device)) for weight, bias in weights.layers[:5]
    )
    seen: dict[int, LossValues] = {}

    def callback(evaluation: int, content_loss: float, style_loss: float, seconds: float) -> None:
        seen[evaluation] = LossValues(content_loss, style_loss, 0.0, content_loss + 1e6 * style_loss)

    final = plain_loop(
        Weights(layers, weights.mean.to(spec.runtime.device)), content, style, picture, EVALUATIONS, callback=callback
    )
    yield from _rows(PLAIN, start, seen, _evaluate(reference, final), spec)


def run_nst(spec: Spec, start: str) -> Iterator[Row]:
    """The same through `transfer`."""
    seen: dict[int, LossValues] = {}
    result = transfer(spec, callback=lambda progress: seen.update({progress.evaluation: progress.losses}))
    yield from _rows(f"nst {spec.precision}", start, seen, result.metrics.losses, spec)


def read_rows(path: Path) -> list[Row]:
    """What was measured before."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            Row(
                r["engine"],
                r["start"],
                int(r["evaluation"]),
                float(r["content_loss"]),
                float(r["style_loss"]),
                r["device"],
            )
            for r in csv.DictReader(file)
        ]


def _tensors(spec: Spec) -> tuple[Tensor, Tensor]:
    from nst.pictures.tensors import to_tensor

    inputs = load_inputs(spec)
    assert inputs.content is not None and inputs.style is not None
    return to_tensor(inputs.content), to_tensor(inputs.style)


@torch.no_grad()
def _evaluate(reference: Objective | Reference, picture: Tensor) -> LossValues:
    return reference.losses(picture).values()


def _rows(engine: str, start: str, seen: dict[int, LossValues], final: LossValues, spec: Spec) -> Iterator[Row]:
    for evaluation, losses in [(mark, seen[mark]) for mark in MARKS] + [(0, final)]:
        yield Row(engine, start, evaluation, losses.content, 1e6 * losses.style, device_name(spec.runtime.device))


def _csv(rows: Sequence[Row]) -> str:
    lines = [f"{r.engine},{r.start},{r.evaluation},{r.content_loss:.7g},{r.style_loss:.7g},{r.device}" for r in rows]
    return "\n".join(["engine,start,evaluation,content_loss,style_loss,device", *lines]) + "\n"


if __name__ == "__main__":
    main()
