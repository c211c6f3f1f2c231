"""Labels that mean nothing: noise is dealt to settings at random, and verdicts come by chance, at the nominal rate.

The noise is wide compared with the thresholds. Where it is narrow, "does not hold" is right: there is no effect.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from nst.statements.runs import Run, finished
from nst.statements.statement import Finding
from nst.writeup.claims.depth import content_depth
from nst.writeup.claims.noises import noise_survives, noise_textures
from nst.writeup.claims.starts import running_time, starts
from nst.writeup.claims.strokes import stroke_scale, style_bands
from tests.statements.conftest import Pixels, Rows, grey, waves

TRIALS = 100
PICTURES = 5
STARTS = list(itertools.product(("uniform", "gaussian"), (0, 1)))
Generator = np.random.Generator
Fill = Callable[[Rows, Generator], None]


def striped(rng: Generator, side: int = 32) -> Pixels:
    """Grey of any level with two stripes of any frequency and strength."""
    coarse, fine = (waves(rng.uniform(*ends), rng.lognormal(2.5, 1), side) for ends in ((1, 5), (9, 15)))
    return (coarse + fine) / 2 + rng.normal(0, 30)


def depths(rows: Rows, rng: Generator) -> None:
    for place, layer in itertools.product(range(PICTURES), (1, 3, 5, 7)):
        measured = {name: rng.normal() for name in ("psnr_content_db", "ssim_content", "feature_distance_content")}
        rows.add(content=f"c{place}", style=None, init="noise", content_layers=f"conv_{layer}", **measured)


def remains(rows: Rows, rng: Generator) -> None:
    """Results whose distance from the content is none of their own noise's."""
    for place, (init, seed) in itertools.product(range(PICTURES), STARTS):
        start = grey(128, (16, 16)) + rng.normal(0, 5, (16, 16, 3))
        image = grey(128 + rng.normal(0, 30), (16, 16)) + rng.normal(0, 20, (16, 16, 3))
        pictures = {"image": image, "start": start, "content_picture": grey(128, (16, 16))}
        rows.add(content=f"c{place}", style=None, init=init, seed=seed, **pictures)


def bands(rows: Rows, rng: Generator) -> None:
    for place in range(PICTURES):
        style = striped(rng)
        for layers in ("conv_1-3", "conv_4-6", "conv_7-8"):
            keys = {"content": None, "style": f"s{place}", "init": "noise", "style_layers": layers}
            rows.add(**keys, image=striped(rng), style_picture=style)


def textures(rows: Rows, rng: Generator) -> None:
    """Most runs alike and a few far from them, so that the ratio of two distances is wide."""
    for place, (init, seed) in itertools.product(range(PICTURES), STARTS):
        rows.add(content=None, style=f"s{place}", init=init, seed=seed, image=waves(8 + rng.standard_cauchy(), 60, 64))


def sizes(rows: Rows, rng: Generator) -> None:
    for place, side in itertools.product(range(PICTURES), (24, 32)):
        keys = {"content": f"c{place}", "style": f"s{place}", "size": side}
        content = waves(2, 40, side)
        rows.add(**keys, image=content + striped(rng, side).swapaxes(0, 1) - 128, content_picture=content)


def courses(rows: Rows, rng: Generator) -> None:
    for place, init in itertools.product(range(PICTURES), ("noise", "content")):
        trace = [(n, float(n), rng.lognormal(0, 3)) for n in (1, 2, 3)]
        rows.add(content=f"c{place}", style=f"s{place}", init=init, trace=trace, ssim_content=rng.normal())


def times(rows: Rows, rng: Generator) -> None:
    for repeat, init in itertools.product(range(10), ("noise", "content")):
        measured = {"seconds_loop": rng.normal(100, 25), "ms_per_evaluation_p50": rng.normal(100, 25)}
        rows.add(content="c", style="s", init=init, repeat=repeat, steps_requested=9, **measured)


def rates(test: Callable[[Sequence[Run]], tuple[Finding, ...]], fill: Fill, folder: Path) -> list[Counter[str]]:
    """The counts of each verdict, for each finding."""
    found: list[Counter[str]] = []
    for trial in range(TRIALS):
        (folder / str(trial)).mkdir()
        rows = Rows(folder / str(trial))
        fill(rows, np.random.default_rng(trial))
        findings = test(finished(rows.frame))
        found = found or [Counter() for _ in findings]
        for counts, finding in zip(found, findings, strict=True):
            assert finding.n in (PICTURES, 10)
            counts[finding.verdict] += 1
    return found


@pytest.mark.parametrize(
    ("test", "fill", "skipped"),
    [
        (content_depth, depths, 0),
        pytest.param(noise_survives, remains, 1, marks=pytest.mark.slow),  # that two differ depends on no label
        pytest.param(style_bands, bands, 0, marks=pytest.mark.slow),
        pytest.param(noise_textures, textures, 0, marks=pytest.mark.slow),
        (stroke_scale, sizes, 0),
        (starts, courses, 0),
        (running_time, times, 0),
    ],
)
def test_few_verdicts_by_chance(
    test: Callable[[Sequence[Run]], tuple[Finding, ...]], fill: Fill, skipped: int, tmp_path: Path
) -> None:
    """Nominal are 2.5 % on either side; of 100, 8 or more come in 4 of 1000 cases.

    No effect lies below the thresholds, so that "does not hold" may come a little more often.
    """
    for counts in rates(test, fill, tmp_path)[skipped:]:
        assert counts["holds"] < 8 and counts["does not hold"] < 12, counts
