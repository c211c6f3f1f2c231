"""Every sweep in `sweeps/methods`: which runs it plans, on built-in pictures, in full and with `profile=quick`."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from nst import losses
from nst.spec.records import Mask, Spec
from nst.statements.pictures import JUDGED
from nst.store.plan import Plan
from nst.sweep.files import sweep_files

Planned = Callable[..., tuple[Plan, list[Spec]]]
SHARES = ("1, 0", "0.75, 0.25", "0.5, 0.5", "0.25, 0.75", "0, 1")
COLOURS = ("as_is", "luminance", "match", "match_pca", "match_cholesky")
STYLE_LOSSES = (
    *("gram", "centred", "shifted", "mean", "mean_std", "wasserstein"),
    *("sliced", "histogram", "cmd", "patches", "remd"),
)
PRESETS = (
    *("writeup", "tutorial", "gatys", "gatys2017", "neural_style", "pystiche", "crowson", "strotss_like", "heitz2021"),
)
TRADED_LOSSES = ("gram", "mean_std", "wasserstein", "sliced")
GALLERY = ("nocturne", "mosaic", "pointillism", "facets", "impasto")
SWEEPS: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = {
    "methods": (
        ("style_loss", "content", "style"),
        [(loss, *pair) for pair in (("chelsea", "nocturne"), ("astronaut", "stained_glass")) for loss in STYLE_LOSSES],
    ),
    "colours": (
        ("colours", "content", "style"),
        [(each, *pair) for pair in (("chelsea", "nocturne"), ("coffee", "stained_glass")) for each in COLOURS],
    ),
    "mix": (("style_loss", "style_shares"), list(product(("gram", "wasserstein"), SHARES))),
    "regions": (
        ("guides", "guides_rest"),
        [
            (None, None),
            ("left: style + right: stained_glass", "none"),
            ("ellipse: pointillism", "style"),
            ("bottom: mosaic", "none"),
            ("right: style", "none"),
        ],
    ),
    "scales": (("init", "scales.from"), list(product(("content", "noise"), (None, 0.7, 0.5, 0.25)))),
    "presets": (("preset",), [(preset,) for preset in PRESETS]),
    "tradeoffs": (
        ("style_loss", "style_weight", "content", "style"),
        [(loss, weight, *pair) for pair in JUDGED for loss, weight in product(TRADED_LOSSES, (1e2, 1e3, 1e4, 1e5))],
    ),
    "gallery": (("content", "style"), list(product(("chelsea", "astronaut", "rocket"), GALLERY))),
}


def test_all_are_tested() -> None:
    assert set(SWEEPS) == {name for name, file in sweep_files().items() if file.parent.name == "methods"}


@pytest.mark.parametrize("profile", [pytest.param("full", marks=pytest.mark.slow), "quick"])
@pytest.mark.parametrize("name", SWEEPS)
def test_plans_its_runs(name: str, profile: str, planned: Planned) -> None:
    keys, expected = SWEEPS[name]
    plan, specs = planned(f"sweep={name}", f"profile={profile}", "device=cpu")
    assert plan.varied == keys
    found = [tuple(run.values[key] for key in keys) for run in plan.runs]
    assert sorted(map(str, found)) == sorted(map(str, expected))
    assert len({run.signature for run in plan.runs}) == len({run.label for run in plan.runs}) == len(expected)
    assert len(plan.purpose) > 60
    if profile == "quick":
        sizes = {spec.size for spec in specs}
        assert sizes <= {96, 128, 160, 192, 256} and max(spec.evaluations for spec in specs) <= 400


def test_methods_has_every_loss_of_a_style() -> None:
    kinds = {name: losses.find(name) for name in losses.names()}
    styles = {name for name, kind in kinds.items() if kind.kind in ("statistic", "whole") and not kind.same_shape}
    assert set(STYLE_LOSSES) == styles


def test_methods_is_balanced(planned: Planned) -> None:
    """A balanced Gram loss keeps its weight: its factor is 1."""
    _, specs = planned("sweep=methods", "device=cpu")
    assert {spec.balance for spec in specs} == {"total"} and {spec.terms[1].weight for spec in specs} == {1e6}


def test_regions_are_masks_drawn_by_code(planned: Planned) -> None:
    _, specs = planned("sweep=regions", "device=cpu")
    assert [[term.name for term in spec.terms[1:]] for spec in specs] == [
        ["style"],
        ["guide_1", "guide_2"],
        ["guide_1", "style"],
        ["guide_1"],
        ["guide_1"],
    ]
    assert specs[2].terms[2].mask == Mask(("ellipse",), True) and specs[4].freeze == Mask(("left",))


def test_tradeoffs_have_what_a_verdict_needs(planned: Planned) -> None:
    """Measures, one meaning of a weight, and six pairs that share no picture."""
    plan, specs = planned("sweep=tradeoffs", "device=cpu")
    assert {spec.runtime.measure for spec in specs} == {"true"} and {spec.balance for spec in specs} == {"total"}
    pairs = {(run.values["content"], run.values["style"]) for run in plan.runs}
    assert (
        len(pairs) == len({content for content, _ in pairs}) == len({style for _, style in pairs}) == len(JUDGED) == 6
    )
