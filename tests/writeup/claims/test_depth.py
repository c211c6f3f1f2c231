"""The deeper, the worse: in order, against it, and without any."""

from collections.abc import Sequence

import pytest

from nst.statements.runs import finished
from nst.statements.statement import Finding
from nst.writeup.claims.depth import content_depth
from tests.statements.conftest import Rows

LAYERS = ("conv_1", "conv_3", "conv_5", "conv_7")


def rebuilt(rows: Rows, ladders: Sequence[Sequence[float]]) -> dict[str, Finding]:
    """Of pictures with these PSNR from shallow to deep; SSIM stays, the feature distance falls with the PSNR."""
    for number, ladder in enumerate(ladders):
        for layer, psnr in zip(LAYERS, ladder, strict=True):
            keys = {"content": f"picture {number}", "style": None, "content_layers": layer, "init": "noise"}
            rows.add(**keys, psnr_content_db=psnr, ssim_content=0.5, feature_distance_content=psnr / 10)
    return dict(zip(("psnr", "ssim", "features"), content_depth(finished(rows.frame)), strict=True))


def test_in_order(rows: Rows) -> None:
    found = rebuilt(rows, [[40, 30, 20, 10]] * 5)
    assert (found["psnr"].effect, found["psnr"].high, found["psnr"].n, found["psnr"].verdict) == (1, 1, 5, "holds")
    assert found["psnr"].low == pytest.approx(1 - 2.776445 * 0.2 / 60**0.5, abs=1e-6)
    assert (found["features"].effect, found["features"].verdict) == (-1, "does not hold")
    assert (found["ssim"].effect, found["ssim"].verdict) == (0, "undecided")
    assert found["psnr"].statistic.endswith("Holds above 0: what chance gives.")
    assert "goes from 40 dB at conv_1 to 10 dB at conv_7 after 80 evaluations" in found["psnr"].reading
    assert len(found["psnr"].values) == 20


def test_against_it(rows: Rows) -> None:
    assert rebuilt(rows, [[10, 20, 30, 40], [10, 20, 40, 30]] * 3)["psnr"].verdict == "does not hold"


def test_now_so_now_otherwise(rows: Rows) -> None:
    assert rebuilt(rows, [[40, 30, 20, 10], [10, 20, 30, 40], [40, 30, 20, 10]] * 2)["psnr"].verdict == "undecided"


def test_too_few_pictures_or_depths(rows: Rows) -> None:
    found = rebuilt(rows, [[40, 30, 20, 10]] * 4)["psnr"]
    assert (found.n, found.verdict) == (4, "undecided") and "too few" in found.reading
    rows.rows = [row for row in rows.rows if row["content_layers"] in LAYERS[:2]]
    assert content_depth(finished(rows.frame))[0].n == 0


def test_what_was_not_measured_is_left_out(rows: Rows) -> None:
    rebuilt(rows, [[40, 30, 20, 10]] * 5)
    rows.rows[1]["psnr_content_db"] = None
    for row in rows.rows[4:6]:
        row["psnr_content_db"] = float("nan")
    assert [finding.n for finding in content_depth(finished(rows.frame))] == [4, 5, 5]
