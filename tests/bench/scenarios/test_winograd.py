"""The table of Winograd's convolutions: each layer and its gradient once, and ratios within a round."""

import pytest

from nst.bench.scenarios import winograd
from nst.errors import UserError


def test_a_row_has_the_ratios_within_a_round() -> None:
    row = winograd._row((2, 64), "conv1_2", "64 to 64", 256, [(4.0, 2.0), (6.0, 2.0), (2.0, 4.0)], 1.5, True)
    assert (row.threads, row.size, row.direct_ms, row.winograd_ms) == (2, 64, 4000, 2000)
    assert (row.ratio, row.ratio_min, row.ratio_max) == (2, 0.5, 3)


def test_every_shape_of_layer_and_its_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(winograd, "LAYERS", ("conv2_2", "conv3_2"))
    rows = list(winograd.layers(32, 1, 1))
    assert [row.timed for row in rows] == ["conv2_2", "conv2_2 gradient", "conv3_2", "conv3_2 gradient"]
    assert [(row.tiles, row.used) for row in rows] == [(16, False), (16, False), (4, False), (4, False)]
    assert all(row.error is not None and 0 < row.error < 50 for row in rows)


def test_a_page_shows_evaluations_without_the_columns_of_layers() -> None:
    layer = winograd._row((1, 64), "conv1_2", "64 to 64", 256, [(4.0, 2.0)], 1.5, True)
    whole = winograd._row((1, 64), "evaluation, gatys", "", None, [(3.0, 2.0)])
    assert winograd.page([layer, whole], "caption").splitlines() == [
        "caption",
        "",
        "| threads | px | timed | fp32, ms | fp32_winograd, ms | times faster |",
        "| ---: | ---: | --- | ---: | ---: | ---: |",
        "| 1 | 64 | evaluation, gatys | 3000 | 2000 | 1.50 |",
    ]


def test_it_is_for_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(winograd.Caption, "of", lambda device, threads: winograd.Caption("cuda:0", "a GPU", 1))
    with pytest.raises(UserError, match="^--device cuda:0: Winograd's convolutions are for CPUs; use --device cpu$"):
        winograd.run(["--device", "cuda:0"])
