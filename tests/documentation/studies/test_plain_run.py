from pathlib import Path

import pytest

from docs.make.studies.plain_run import plain_run
from nst.bench.case import square
from nst.engine import transfer
from nst.spec.resolve import resolve
from nst.spec.schema import Config


@pytest.mark.parametrize(("init", "evaluations"), [("gaussian", 5), ("content", 10)])
def test_both_loops_begin_alike(tmp_path: Path, init: str, evaluations: int) -> None:
    """20 evaluations at 48 pixels: rounding has decided nothing in the first five from noise, ten from the content."""
    content, style = (square(name, 48, tmp_path) for name in ("astronaut", "coffee"))
    optimizer = {"name": "lbfgs", "clamp": "closure", "tolerance_grad": 1e-7, "tolerance_change": 1e-9}
    config = Config(
        content=str(content), style=str(style), size=48, steps=20, init=init, seed=1, device="cpu",
        precision="fp32", trace_every=1, optimizer=optimizer,
    )  # fmt: skip
    ours = transfer(resolve(config))
    plain = plain_run(content, style, init, 1, 20, "cpu")
    totals = [row["total_loss"] for row in plain.trace]
    assert [row.total_loss for row in ours.trace][:evaluations] == pytest.approx(totals[:evaluations], rel=1e-3)
    assert len(totals) == 20 and 0 < plain.total_loss < totals[0]


def test_noise_is_uniform(tmp_path: Path) -> None:
    content, style = (square(name, 32, tmp_path) for name in ("astronaut", "coffee"))
    named, meant = (plain_run(content, style, init, 3, 20, "cpu").trace[0] for init in ("noise", "uniform"))
    assert named == meant != plain_run(content, style, "content", 3, 20, "cpu").trace[0]
