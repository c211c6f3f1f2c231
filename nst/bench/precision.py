"""How good bf16 is for every placement of layers that the sweeps use: final losses beside those of fp32 runs.

    python -m nst.bench.precision                       # about half an hour on two CPU cores
    python -m nst.bench.precision --device cuda

Keeps every run in `benchmarks/precision.csv` and makes only those that are missing; then writes `docs/precision.md`.
"""

import argparse
import csv
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import product
from pathlib import Path
from statistics import mean, stdev

import torch

from nst.bench.table import to_csv
from nst.device import device_name, pick_device
from nst.engine import load_inputs, prepare_device, set_up
from nst.objective.prepare import prepare_objective
from nst.optimizer.loop import make_optimizer, optimise
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.store.atomic import write_text

SIZE, EVALUATIONS = 128, 200
PRECISIONS = ("fp32", "bf16")
RESULTS = Path("benchmarks/precision.csv")
PAGE = Path("docs/precision.md")
SEEDS = range(5)


@dataclass(frozen=True)
class Placement:
    """Losses at layers, on a pair of built-in pictures, from a start."""

    title: str
    content_layers: str
    style_layers: str
    start: str
    pair: tuple[str, str] = ("chelsea", "ihc")

    @property
    def layers(self) -> str:
        """`conv_1-5, conv_4` for style and content."""
        return ", ".join(layers for layers in (self.style_layers, self.content_layers) if layers != "none")

    @property
    def pictures(self) -> str:
        """The pictures that a loss is on."""
        used = zip(self.pair, (self.content_layers, self.style_layers), strict=True)
        return " + ".join(name for name, layers in used if layers != "none")


PLACEMENTS = (
    Placement("transfer", "conv_4", "conv_1-5", "content"),
    Placement("transfer", "conv_4", "conv_1-5", "content", ("coffee", "hubble_deep_field")),
    Placement("transfer", "conv_4", "conv_1-5", "noise"),
    *(Placement("texture", "none", layers, "noise") for layers in ("conv_1-3", "conv_4-6", "conv_7-8", "conv_1-5")),
    *(Placement("reconstruction", f"conv_{n}", "none", "noise") for n in (1, 3, 4, 5, 7)),
)


@dataclass(frozen=True)
class Row:
    """The final loss of one run, in float32 on its final picture."""

    title: str
    pictures: str
    layers: str
    start: str
    precision: str
    seed: int
    total_loss: float
    device: str


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m nst.bench.precision", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--evaluations", type=int, default=EVALUATIONS)
    parser.add_argument("--page-only", action="store_true", help="write the page from what was measured before")
    options = parser.parse_args(arguments)
    rows = read_rows(RESULTS)
    if not options.page_only:
        rows = measure(rows, pick_device(options.device), options.size, options.evaluations)
    write_text(PAGE, page(rows))
    print(f"{RESULTS}: {len(rows)} rows; {PAGE} written")


def measure(rows: list[Row], device: str, size: int, evaluations: int, results: Path = RESULTS) -> list[Row]:
    """Make the runs that `rows` lacks, keeping each as soon as it is there."""
    made = {astuple(row)[:6] for row in rows}
    for placement, precision, seed in product(PLACEMENTS, PRECISIONS, SEEDS):
        row = (placement.title, placement.pictures, placement.layers, placement.start, precision, seed)
        if row not in made:
            loss = final_loss(placement, seed, precision, device, size, evaluations)
            rows = [*rows, Row(*row, loss, device_name(device))]
            write_rows(results, rows)
    return rows


def final_loss(placement: Placement, seed: int, precision: str, device: str, size: int, evaluations: int) -> float:
    """Total loss of the final picture, evaluated in float32.

    No seed changes the content picture, so a start from it is moved by less than the rounding to 8 bits hides: uniform
    noise of half a level, 1/510.
    """
    spec = resolve(spec_config(placement, seed, precision, device, size, evaluations))
    prepare_device(spec)
    inputs = load_inputs(spec)
    picture, objective = set_up(spec, inputs)
    if placement.start == "content":
        noise = torch.rand(picture.shape, generator=torch.Generator().manual_seed(seed)) - 0.5
        picture.add_(noise.to(picture), alpha=1 / 255).clamp_(0, 1)
    optimise(objective, make_optimizer(spec.optimizer, spec.steps), picture, spec.steps)
    exact = prepare_objective(spec, "fp32", inputs.content, inputs.style, (picture.shape[2], picture.shape[3]))
    return exact.losses(picture.clamp(0, 1)).values().total


def spec_config(placement: Placement, seed: int, precision: str, device: str, size: int, evaluations: int) -> Config:
    """The configuration of one run."""
    content, style = placement.pair
    return Config(
        content=content, style=style, init=placement.start, seed=seed, content_layers=placement.content_layers,
        style_layers=placement.style_layers, precision=precision, device=device, size=size, steps=evaluations,
        optimizer={"name": "lbfgs"},
    )  # fmt: skip


def page(rows: Sequence[Row]) -> str:
    """`docs/precision.md`, with its table filled in."""
    template = Path(__file__).with_name("precision.md").read_text()
    devices = ", ".join(dict.fromkeys(row.device for row in rows)) or "nothing yet"
    return template.replace("{{table}}", table(rows)).replace("{{devices}}", devices)


def table(rows: Sequence[Row]) -> str:
    """One line a placement: how far bf16 ends above fp32, and how far seeds differ anyway."""
    lines = ["| loss | pictures | layers | start | bf16 / fp32, means | single runs | spread of fp32 | `auto` |"]
    lines.append("|---|---|---|---|--:|--:|--:|---|")
    for placement in PLACEMENTS:
        full, half = (_losses(rows, placement, precision) for precision in PRECISIONS)
        if len(full) > 1 and len(full) == len(half):
            lines.append(_line(placement, full, half))
    return "\n".join(lines) if len(lines) > 2 else "Not measured yet."


def _line(placement: Placement, full: list[float], half: list[float]) -> str:
    ratios = [h / f for h, f in zip(half, full, strict=True)]
    auto = "bf16" if placement.title == "transfer" else "fp32"
    return (
        f"| {placement.title} | {placement.pictures} | {placement.layers} | {placement.start} "
        f"| {mean(half) / mean(full):.3f} | {min(ratios):.3f} to {max(ratios):.3f} "
        f"| {100 * stdev(full) / mean(full):.1f} % | {auto} |"
    )


def _losses(rows: Iterable[Row], placement: Placement, precision: str) -> list[float]:
    """Of all seeds, by seed."""
    place = (placement.title, placement.pictures, placement.layers, placement.start, precision)
    found = [row for row in rows if (row.title, row.pictures, row.layers, row.start, row.precision) == place]
    return [row.total_loss for row in sorted(found, key=lambda row: row.seed)]


def read_rows(path: Path) -> list[Row]:
    """What was measured before."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            Row(**{**r, "seed": int(r["seed"]), "total_loss": float(r["total_loss"])})  # type: ignore[arg-type]
            for r in csv.DictReader(file)
        ]


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """All rows as CSV."""
    write_text(path, to_csv(rows, Row))


if __name__ == "__main__":
    main()
