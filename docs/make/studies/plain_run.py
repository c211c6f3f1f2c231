"""Run the tutorial's loop on the pictures of another run, the baseline of `docs/fidelity.md`."""

from dataclasses import dataclass
from pathlib import Path

from nst.bench.case import Case
from nst.bench.tutorial import plain_loop
from nst.hardware.device import device_name
from nst.hardware.torch_settings import apply_settings
from nst.pictures.tensors import noise
from nst.spec.resolve import resolve
from nst.spec.schema import Config


@dataclass(frozen=True)
class PlainRun:
    """A run of the plain loop: the losses of every evaluation as in `trace.csv`, and the final total loss."""

    device: str
    total_loss: float
    trace: list[dict[str, float]]


def plain_run(content: Path, style: Path, init: str, seed: int, evaluations: int, device: str = "auto") -> PlainRun:
    """Run the loop on two picture files without resizing, from the content or from noise; float32, without TF32."""
    config = Config(
        content=str(content), style=str(style), init=init, seed=seed, precision="fp32", device=device,
        optimizer={"name": "lbfgs"},
    )  # fmt: skip
    case = Case(resolve(config), content, style)
    apply_settings(case.spec.runtime)
    height, width = case.content.shape[2:]
    kind = case.spec.start.kind
    start = case.content if kind == "content" else noise(kind, height, width, seed).to(case.device)
    trace: list[dict[str, float]] = []

    def callback(evaluation: int, content: float, style: float, seconds: float) -> None:
        total = content + config.style_weight * style
        trace.append(dict(evaluation=evaluation, content_loss=content, style_loss=style, total_loss=total))

    final = plain_loop(case.weights(), case.content, case.style, start, evaluations, callback=callback)
    return PlainRun(device_name(case.device), case.total_loss(final), trace)
