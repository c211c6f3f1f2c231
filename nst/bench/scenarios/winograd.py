"""Time Winograd's convolutions against plain ones, by layer, and in whole evaluations, in turns.

    python -m nst.bench winograd --sizes 256,512 --rounds 9

The thresholds in `nst.objective.chain.tiles` come from these tables. Everything is in one process, with one thread and
with `--threads`; each round times both ways once, so that a machine whose speed drifts favours none. Writes
`benchmarks/<device>-winograd.{csv,md}`; a page gets the evaluations only.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from statistics import median
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.bench.case import square_case, timed
from nst.bench.options import new_parser, parse
from nst.bench.publish import Caption, Column, number, publish, spread, to_markdown
from nst.errors import UserError
from nst.hardware.torch_settings import torch_settings
from nst.inputs import load_inputs, set_up
from nst.networks.base.architecture import Convolution
from nst.networks.base.winograd import transformed
from nst.networks.vgg19 import ARCHITECTURE
from nst.objective.chain.tiles import Tiles
from nst.objective.chain.winograd import TileConvolution
from nst.objective.strips import cut, strip_limit
from nst.spec.resolve import resolve
from nst.spec.schema import Config

LAYERS = ("conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv4_1", "conv4_2", "conv5_1")
"""One of each shape in VGG-19, down to the deepest layer of Gatys's paper."""
EVALUATIONS: dict[str, dict[str, Any]] = {
    "evaluation, writeup": {"content_layers": "conv_4", "style_layers": "conv_1-5"},
    "evaluation, gatys": {
        "content_layers": "relu4_2",
        "style_layers": [f"relu{block}_1" for block in range(1, 6)],
        "pooling": "avg",
    },
}
"""Layers and pooling of two presets."""
COLUMNS = (
    Column("threads", lambda row: str(row.threads)),
    Column("px", lambda row: str(row.size)),
    Column("timed", lambda row: row.timed, is_text=True),
    Column("channels", lambda row: row.channels, is_text=True),
    Column("tiles", lambda row: "" if row.tiles is None else str(row.tiles)),
    Column("fp32, ms", lambda row: number(row.direct_ms)),
    Column("fp32_winograd, ms", lambda row: number(row.winograd_ms)),
    Column("times faster", lambda row: spread(row.ratio, row.ratio_min, row.ratio_max)),
    Column("error", lambda row: "" if row.error is None else f"{number(row.error)}x"),
    Column("used", lambda row: {None: "", True: "yes", False: "no"}[row.used], is_text=True),
)
OF_LAYERS = ("channels", "tiles", "error", "used")
"""Columns that are empty for an evaluation."""
EVALUATION_CAPTION = (
    "Whole evaluations, loss and gradient, without optimizer, with the layers and pooling of two presets. Median of "
    "{rounds} rounds in turns in one process; ratios within a round, with the least and greatest."
)
CAPTION = (
    f"{EVALUATION_CAPTION} And VGG-19's convolutions on random features, strip by strip as in a run, and the gradients "
    "w.r.t. their inputs. Error: of the result against float64, over that of the plain one; used: whether "
    "`precision=fp32_winograd` computes this layer so."
)


@dataclass(frozen=True)
class WinogradRow:
    """One convolution, gradient or evaluation: median milliseconds of both ways, and their ratio within a round."""

    threads: int
    size: int
    timed: str
    channels: str
    tiles: int | None
    direct_ms: float
    winograd_ms: float
    ratio: float
    ratio_min: float
    ratio_max: float
    error: float | None = None
    used: bool | None = None


def run(arguments: Sequence[str]) -> int:
    """Measure, write the tables, and return the exit code."""
    options = parse(new_parser("python -m nst.bench winograd", __doc__, "256,512", "--size"), arguments, counts=())
    caption = Caption.of(options.device, options.threads)
    if caption.device != "cpu":
        raise UserError(f"--device {caption.device}: Winograd's convolutions are for CPUs; use --device cpu")
    rows: list[WinogradRow] = []
    text, short = (caption.text(each.format(rounds=options.rounds)) for each in (CAPTION, EVALUATION_CAPTION))
    shown = ""
    for threads, size in product(sorted({1, caption.threads}), options.sizes):
        rows += [*layers(size, options.rounds, threads), *evaluations(size, options.rounds, threads)]
        shown = publish(
            rows, WinogradRow, COLUMNS, text, f"{caption.stem}-winograd", "bench-winograd", options,
            for_page=page(rows, short),
        )  # fmt: skip
    print(shown)
    return 0


def page(rows: Sequence[WinogradRow], caption: str) -> str:
    """Return the table of the evaluations alone."""
    columns = [column for column in COLUMNS if column.heading not in OF_LAYERS]
    return to_markdown([row for row in rows if row.timed in EVALUATIONS], columns, caption)


@torch.no_grad()
def layers(size: int, rounds: int, threads: int) -> Iterator[WinogradRow]:
    """Yield a row for each shape of convolution, and one for its gradient."""
    with square_case(size, "fp32", "cpu", threads) as given, torch_settings(given.spec.runtime):
        for convolution in (each for each in ARCHITECTURE.convolutions if each.name in LAYERS):
            yield from _layer(convolution, size, rounds)


def _layer(convolution: Convolution, size: int, rounds: int) -> Iterator[WinogradRow]:
    side, inner, outer = size // convolution.reduction, convolution.channels_in, convolution.channels_out
    tiles = Tiles.of(inner, outer, side, side)
    generator = torch.Generator().manual_seed(convolution.number)
    kernel = torch.randn(outer, inner, 3, 3, generator=generator).mul_((2 / (9 * inner)) ** 0.5)
    kernel, bias = kernel.contiguous(memory_format=torch.channels_last), torch.randn(outer, generator=generator)
    adjoint = kernel.transpose(0, 1).flip(2, 3).contiguous(memory_format=torch.channels_last)
    by_tiles, values = TileConvolution(tiles.workspace_numel, kernel), transformed(kernel)
    feature, above = (_feature(channels, side, generator) for channels in (inner, outer))
    pairs: dict[str, tuple[Tensor, Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
        "": (
            feature.relu_(),
            lambda x: F.conv2d(x, kernel.to(x), bias.to(x), padding=(0, 1)),
            lambda x: by_tiles.forward(x, tiles, values, bias),
        ),
        " gradient": (
            above,
            lambda x: F.conv2d(x, adjoint.to(x), padding=(0, 1)),
            lambda x: by_tiles.backward(x, tiles, values),
        ),
    }
    strips = cut(side, outer * side * 4, strip_limit(kernel.device))
    for what, (x, plain, ours) in pairs.items():
        parts = [x[:, :, strip.start : strip.stop + 2] for strip in strips]
        times = _in_turns([partial(_each, plain, parts), partial(_each, ours, parts)], rounds)
        exact = plain(parts[0].double())
        errors = [float((f(parts[0]) - exact).norm()) for f in (plain, ours)]
        name, count = f"{convolution.name}{what}", tiles.rows * tiles.columns
        place, channels = (torch.get_num_threads(), size), f"{inner} to {outer}"
        yield _row(place, name, channels, count, times, errors[1] / errors[0], tiles.pay)


def _each(convolve: Callable[[Tensor], Tensor], parts: Sequence[Tensor]) -> None:
    for part in parts:
        convolve(part)


def _feature(channels: int, side: int, generator: torch.Generator) -> Tensor:
    """Return a random feature in channels_last with a row of zeros above and below."""
    found = torch.zeros(1, side + 2, side, channels)
    found[:, 1:-1] = torch.randn(1, side, side, channels, generator=generator)
    return found.permute(0, 3, 1, 2)


def evaluations(size: int, rounds: int, threads: int) -> Iterator[WinogradRow]:
    """Yield a row for an evaluation of each preset."""
    for name, settings in EVALUATIONS.items():
        with square_case(size, "fp32", "cpu", threads) as given, torch_settings(given.spec.runtime):
            calls = []
            for precision in ("fp32", "fp32_winograd"):
                spec = resolve(
                    Config(
                        content=str(given.content_file), style=str(given.style_file), size=size, precision=precision,
                        device="cpu", threads=threads, optimizer={"name": "lbfgs"}, **settings,
                    )
                )  # fmt: skip
                start, objective = set_up(spec, load_inputs(spec))
                calls.append(partial(objective.loss_and_gradient, start))
            yield _row((threads, size), name, "", None, _in_turns(calls, rounds))


def _in_turns(calls: Sequence[Callable[[], object]], rounds: int) -> list[tuple[float, ...]]:
    """Return the seconds of each call in each round, after a round that does not count."""
    return [tuple(timed(call, "cpu") for call in calls) for _ in range(rounds + 1)][1:]


def _row(
    place: tuple[int, int], name: str, channels: str, tiles: int | None, times: Sequence[tuple[float, ...]],
    error: float | None = None, used: bool | None = None,
) -> WinogradRow:  # fmt: skip
    direct, ours = zip(*times, strict=True)
    ratios = [a / b for a, b in times]
    return WinogradRow(
        *place, name, channels, tiles, median(direct) * 1000, median(ours) * 1000, median(ratios), min(ratios),
        max(ratios), error, used,
    )  # fmt: skip
