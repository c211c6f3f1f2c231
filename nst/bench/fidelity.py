"""How close nst stays to the PyTorch tutorial: the same pictures, weights and starts through both loops.

    python -m nst.bench.fidelity --picture-dir DIR      # DIR holds dancing and picasso; hours on two CPU cores

Keeps every run in `benchmarks/fidelity.csv` and makes only those that are missing; then writes `docs/fidelity.md`.
"""

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import torch
from hydra import compose, initialize_config_dir
from torch import Tensor

from nst.bench.plain import plain_loop
from nst.network.weights import load
from nst.objective.objective import Objective
from nst.objective.reference import LossValues, Reference
from nst.spec.compose import config_from
from nst.spec.resolve import resolve
from nst.spec.schema import register
from nst.spec.spec import Spec
from nst.store.atomic import write_text
from nst.sweep.files import data_folder, register_sweeps, sweep_files
from nst.transfer import load_inputs, set_up, transfer

EVALUATIONS = 300
PLAIN = "plain loop"
MARKS = (50, 100, 150, 200, 250, 300)
STARTS = ("content", "0", "1", "2", "3")
"""From the content, and from the tutorial's gaussian noise with these seeds."""
RESULTS = Path("benchmarks/fidelity.csv")
PAGE = Path("docs/fidelity.md")
PUBLISHED = {
    50: (4.169, 4.235),
    100: (1.145, 3.039),
    150: (0.717, 2.664),
    200: (0.476, 2.501),
    250: (0.347, 2.411),
    300: (0.264, 2.358),
}
"""Style and content loss of the tutorial's own published output, with torchvision's weights."""


@dataclass(frozen=True)
class Row:
    """Losses of one run after `evaluation` (0 stands for the final picture); `style_loss` is weighted by 1e6."""

    engine: str
    start: str
    evaluation: int
    content_loss: float
    style_loss: float

    @property
    def total(self) -> float:
        """What the optimizer sees."""
        return self.content_loss + self.style_loss


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m nst.bench.fidelity", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--picture-dir", type=Path, help="a folder that holds dancing and picasso")
    parser.add_argument("--starts", default=",".join(STARTS), help="content, and seeds of noise")
    parser.add_argument("--precision", default="auto", help="of nst: auto, fp32, bf16")
    parser.add_argument("--page-only", action="store_true", help="write the page from what was measured before")
    options = parser.parse_args(arguments)
    rows = read_rows(RESULTS)
    if not options.page_only:
        if options.picture_dir is None:
            parser.error("--picture-dir is needed to measure; --page-only needs none")
        rows = measure(rows, options.starts.split(","), options.picture_dir, options.precision)
    write_text(PAGE, page(rows))
    print(f"{RESULTS}: {len(rows)} rows; {PAGE} written")


def measure(rows: list[Row], starts: Sequence[str], pictures: Path, precision: str = "fp32") -> list[Row]:
    """Make the runs that `rows` lacks, keeping each as soon as it is there."""
    for start in starts:
        spec = tutorial_spec(start, pictures, precision)
        for engine, run in ((PLAIN, run_plain), (f"nst {spec.precision}", run_nst)):
            if not any(row.engine == engine and row.start == start for row in rows):
                rows = rows + list(run(spec, start))
                write_text(RESULTS, _csv(rows))
    return rows


def tutorial_spec(start: str, pictures: Path, precision: str = "fp32", size: int = 512) -> Spec:
    """`preset=tutorial` on dancing and picasso, for 300 evaluations."""
    register()
    register_sweeps(sweep_files(), None, quick=False)
    init = ["init=content"] if start == "content" else ["init=gaussian", f"seed={start}"]
    overrides = [
        "preset=tutorial",
        f"steps={EVALUATIONS}",
        f"precision={precision}",
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
    """The tutorial's loop, as it stands in `nst.bench.plain`."""
    inputs = load_inputs(spec)
    picture, reference = set_up(spec, inputs)
    content, style = _tensors(spec)
    seen: dict[int, LossValues] = {}

    def watch(evaluation: int, content_loss: float, style_loss: float, seconds: float) -> None:
        seen[evaluation] = LossValues(content_loss, style_loss, 0.0, content_loss + 1e6 * style_loss)

    final = plain_loop(load(spec.weights), content, style, picture, EVALUATIONS, watch=watch)
    yield from _rows(PLAIN, start, seen, _evaluate(reference, final))


def run_nst(spec: Spec, start: str) -> Iterator[Row]:
    """The same through `transfer`."""
    seen: dict[int, LossValues] = {}
    result = transfer(spec, watch=lambda progress: seen.update({progress.evaluation: progress.losses}))
    yield from _rows(f"nst {spec.precision}", start, seen, result.measurements.losses)


def page(rows: Sequence[Row]) -> str:
    """`docs/fidelity.md`, with its tables filled in."""
    template = Path(__file__).with_name("fidelity.md").read_text()
    return template.replace("{{final}}", _final_table(rows)).replace("{{course}}", _course_table(rows))


def read_rows(path: Path) -> list[Row]:
    """What was measured before."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            Row(r["engine"], r["start"], int(r["evaluation"]), float(r["content_loss"]), float(r["style_loss"]))
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


def _rows(engine: str, start: str, seen: dict[int, LossValues], final: LossValues) -> Iterator[Row]:
    for evaluation, losses in [(mark, seen[mark]) for mark in MARKS] + [(0, final)]:
        yield Row(engine, start, evaluation, losses.content, 1e6 * losses.style)


def _csv(rows: Sequence[Row]) -> str:
    lines = [f"{r.engine},{r.start},{r.evaluation},{r.content_loss:.7g},{r.style_loss:.7g}" for r in rows]
    return "\n".join(["engine,start,evaluation,content_loss,style_loss", *lines]) + "\n"


def _engines(rows: Sequence[Row]) -> list[str]:
    """The precisions of nst that were measured."""
    return list(dict.fromkeys(row.engine for row in rows if row.engine != PLAIN))


def _final_table(rows: Sequence[Row]) -> str:
    """Final totals by start, with their ratio to the plain loop's, and the same of their means."""
    finals = {(row.engine, row.start): row.total for row in rows if row.evaluation == 0}
    engines = _engines(rows)
    starts = [s for s in STARTS if engines and all((engine, s) in finals for engine in (PLAIN, *engines))]
    if not starts:
        return "Not measured yet with both loops."
    lines = [_line("start", PLAIN, *(cell for engine in engines for cell in (engine, "ratio")))]
    lines.append(_line("---", *["---:"] * (1 + 2 * len(engines))))
    for start in starts:
        name = start if start == "content" else f"noise, seed {start}"
        lines.append(_compared(name, finals[PLAIN, start], [finals[engine, start] for engine in engines]))
    plain, *ours = (mean(finals[engine, start] for start in starts) for engine in (PLAIN, *engines))
    lines.append(_compared("**mean**", plain, ours))
    return "\n".join(lines)


def _compared(name: str, plain: float, ours: Sequence[float]) -> str:
    return _line(name, f"{plain:.3f}", *(cell for found in ours for cell in (f"{found:.3f}", f"{found / plain:.3f}")))


def _course_table(rows: Sequence[Row]) -> str:
    """Style / content losses along the way, from the content."""
    shown = [row for row in rows if row.start == "content"]
    found = {(row.engine, row.evaluation): f"{row.style_loss:.3f} / {row.content_loss:.3f}" for row in shown}
    engines = [PLAIN, *_engines(rows)]
    lines = [_line("evaluation", *engines, "published, other weights"), _line("---:", *["---"] * (1 + len(engines)))]
    for mark in MARKS:
        style, content = PUBLISHED[mark]
        ours = [found.get((engine, mark), "") for engine in engines]
        lines.append(_line(str(mark), *ours, f"{style:.3f} / {content:.3f}"))
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
