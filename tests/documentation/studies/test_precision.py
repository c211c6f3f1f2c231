from statistics import mean

import pandas as pd
import pytest

from docs.make.studies.precision import tables
from nst.engine import transfer
from nst.hardware.device import has_bf16
from nst.spec.resolve import resolve
from nst.spec.schema import Config


def runs(seeds: int, ratio: float, **keys: str) -> pd.DataFrame:
    """Losses 1, 2, 3, ... in fp32, and those times `ratio` in bf16."""
    place = {"content": None, "style": None, "content_layers": None, "style_layers": None, "init": "noise", **keys}
    kinds = (("fp32", 1.0), ("bf16", ratio))
    return pd.DataFrame([
        {**place, "seed": seed, "precision": kind, "total_loss": factor * (seed + 1)}
        for kind, factor in kinds
        for seed in range(seeds)
    ])  # fmt: skip


def test_lines_by_hand() -> None:
    """Of 1 to 5: mean 3, standard deviation the root of 2.5, that is 52.7 %."""
    transfer = runs(5, 1.1, content="chelsea", style="ihc", content_layers="conv_4", style_layers="conv_1-5")
    texture = runs(1, 1.5, style="ihc", style_layers="conv_1-3", init="content")
    reconstruction = runs(2, 2.0, content="chelsea", content_layers="conv_7")
    found = tables(pd.concat([transfer, texture, reconstruction]))["table"].splitlines()[2:]
    assert found == [
        "| transfer | chelsea + ihc | conv_1-5, conv_4 | noise | 1.100 | 1.100 to 1.100 | 52.7 % | bf16 |",
        "| texture | ihc | conv_1-3 | content | 1.500 | one |  | fp32 |",
        "| reconstruction | chelsea | conv_7 | noise | 2.000 | 2.000 to 2.000 | 47.1 % | fp32 |",
    ]


def test_only_seeds_with_both_precisions_are_compared() -> None:
    """Seeds 0 and 1 have both; a placement that lacks one precision has no line."""
    found = runs(3, 2.0, style="ihc", style_layers="conv_1").iloc[:-1]
    alone = runs(2, 1.0, style="ihc", style_layers="conv_2").iloc[:2]
    (line,) = tables(pd.concat([found, alone]))["table"].splitlines()[2:]
    assert line.startswith("| texture | ihc | conv_1 | noise | 2.000 |")


@pytest.mark.slow
@pytest.mark.skipif(not has_bf16("cpu"), reason="bf16 takes minutes where the CPU has none")
def test_transfers_in_bf16_end_where_those_in_float32_do() -> None:
    """The means over five noises within 3 %; single runs are chaotic."""

    def final(precision: str, seed: int) -> float:
        config = Config(
            content="chelsea", style="ihc", size=64, steps=100, init="noise", seed=seed, precision=precision,
            device="cpu", optimizer={"name": "lbfgs"},
        )  # fmt: skip
        return transfer(resolve(config)).metrics.losses.total

    full, half = (mean(final(precision, seed) for seed in range(5)) for precision in ("fp32", "bf16"))
    assert half == pytest.approx(full, rel=0.03)
