"""`docs/fidelity.md` from the rows of `nst.bench.fidelity`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

EVALUATIONS = 300
PLAIN = "plain loop"
MARKS = (50, 100, 150, 200, 250, 300)
STARTS = ("content", "0", "1", "2", "3")
"""From the content, and from the tutorial's gaussian noise with these seeds."""
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
    device: str = ""

    @property
    def total(self) -> float:
        """What the optimizer sees."""
        return self.content_loss + self.style_loss


def page(rows: Sequence[Row]) -> str:
    """`docs/fidelity.md`, with its tables filled in."""
    template = Path(__file__).with_name("fidelity.md").read_text()
    devices = ", ".join(dict.fromkeys(row.device for row in rows)) or "nothing yet"
    filled = template.replace("{{last}}", _totals(rows, EVALUATIONS)).replace("{{final}}", _totals(rows, 0))
    filled = filled.replace("{{run_state}}", _course_table(rows))
    return filled.replace("{{devices}}", devices)


def _engines(rows: Sequence[Row]) -> list[str]:
    """The precisions of nst that were measured."""
    return list(dict.fromkeys(row.engine for row in rows if row.engine != PLAIN))


def _totals(rows: Sequence[Row], evaluation: int) -> str:
    """Totals of an evaluation by start, with their ratio to the plain loop's, and the same of their means."""
    finals = {(row.engine, row.start): row.total for row in rows if row.evaluation == evaluation}
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
