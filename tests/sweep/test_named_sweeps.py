"""Every sweep in `sweeps/`: how many runs, which, in what order, and what is the same in all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from specs import flat

from nst.pictures.find import BUILTIN_NAMES
from nst.report.read.layout import parse_keys
from nst.spec.records import Blend, Lbfgs, PictureFile, Spec
from nst.sweep.files import data_folder, sweep_files
from nst.sweep.plan import Plan

MEANT: dict[str, str] = yaml.safe_load((data_folder("conf") / "pictures" / "builtin.yaml").read_text())
BUILTIN = {
    **{name: f"{name} ({meant})" for name, meant in MEANT.items()},
    "blend_source in blend_target": f"{MEANT['blend_source']} in {MEANT['blend_target']}",
}
"""What the write-up's names mean where its pictures are not at hand."""
OWN = {
    "impression_sunrise": "impression_sunrise (water_lilies)",
    "blend_source in blend_target": "bear_source in pool_target",
}
NOISES = list(product(("uniform", "gaussian"), (0, 1)))
GRID = list(product(("frida_kahlo", "picasso"), ("dancing", "wally")))


def timing(*steps: int) -> list[tuple[Any, ...]]:
    """Ten repeats, the slowest; in even ones noise goes first, in odd ones content: AB BA AB ..."""
    turns = (("noise", "content"), ("content", "noise"))
    return [(repeat, n, init) for repeat in range(10) for n in steps for init in turns[repeat % 2]]


def claims(size: int, large: int) -> list[tuple[Any, ...]]:
    """Six pictures rebuilt, by layer and by noise; five textures likewise; seven transfers by start and size."""
    rebuilt = ("wally", "rocket", "camera", "china", "flower", "grace_hopper")
    styles = ("the_scream", "frida_kahlo", "picasso", "stained_glass", "ink_wash")
    painted = ("picasso", "frida_kahlo", "facets", "mosaic", "stained_glass", "ink_wash", "impasto")
    pairs = list(zip(("dancing", *rebuilt), painted, strict=True))
    conv, alone, both = "conv_4", (size, "noise", 0, "fp32"), ("conv_4", "conv_1-5", 1)
    bands = ("conv_1-3", "conv_4-6", "conv_7-8")
    return [
        *((name, None, f"conv_{n}", None, 1, 0, *alone) for name in rebuilt for n in (1, 3, 5, 7)),
        *((name, None, conv, None, 1, 0, size, *noise, "fp32") for name in rebuilt for noise in NOISES),
        *((None, name, None, band, 0, 1e6, *alone) for name in styles for band in bands),
        *((None, name, None, "conv_1-5", 0, 1e6, size, *noise, "fp32") for name in styles for noise in NOISES),
        *((*pair, *both, 9e5, size, init, 0, "bf16") for pair in pairs for init in ("content", "noise")),
        *((*pair, *both, 1e6, side, "content", 0, "bf16") for pair in pairs for side in (size, large)),
    ]


@dataclass(frozen=True)
class Expected:
    """What the write-up did: keys that vary, the values of each run in order, and what all runs share."""

    keys: tuple[str, ...]
    full: Sequence[tuple[Any, ...]]
    constants: dict[str, Any]
    quick: Sequence[tuple[Any, ...]] | None = None
    quick_constants: dict[str, Any] = field(default_factory=dict)


SWEEPS = {
    "content_layers": Expected(
        ("content_layers",),
        [("conv_1",), ("conv_3",), ("conv_5",), ("conv_7",)],
        {"content": "wally", "style": None, "style_weight": 0, "init": "noise"},
    ),
    "content_noises": Expected(
        ("init", "seed"), NOISES, {"content": "wally", "style": None, "content_layers": "conv_4", "style_weight": 0}
    ),
    "style_layers": Expected(
        ("style_layers",),
        [("conv_1-3",), ("conv_4-6",), ("conv_7-8",)],
        {"style": "the_scream", "content": None, "content_weight": 0, "init": "noise"},
    ),
    "style_noises": Expected(
        ("init", "seed"), NOISES, {"style": "the_scream", "content": None, "style_layers": "conv_1-5"}
    ),
    "sizes": Expected(
        ("content", "size"),
        list(product(("wally", "dancing"), (512, 1024))),
        {"style": "picasso", "style_weight": 1e6, "init": "content"},
        list(product(("wally", "dancing"), (256, 384))),
        {"steps": 100},
    ),
    "weight_ratios": Expected(
        ("style_weight",),
        [(1e6,), (9e5,), (8e5,)],
        {"content": "dancing", "style": "picasso", "content_weight": 1, "init": "content"},
    ),
    "grid_content": Expected(("style", "content"), GRID, {"style_weight": 9e5, "init": "content"}),
    "grid_noise": Expected(("style", "content"), GRID, {"style_weight": 9e5, "init": "noise"}),
    "timing": Expected(
        ("repeat", "steps", "init"),
        timing(300, 500),
        {"content": "dancing", "style": "picasso", "style_weight": 1e6, "seed": 0},
        timing(100, 150),
        {"size": 96},
    ),
    "favourites": Expected(
        ("content", "style"), [("wally", "impression_sunrise"), ("dancing", "the_scream")], {"style_weight": 9e5}
    ),
    "claims": Expected(
        (
            *("content", "style", "content_layers", "style_layers", "content_weight", "style_weight"),
            *("size", "init", "seed", "precision"),
        ),
        claims(512, 1024),
        {"pooling": "max"},
        claims(96, 192),
        {"steps": 50},
    ),
    "blending": Expected((), [()], {"content": "blend_source in blend_target", "style": "impression_sunrise"}),
}
NUMBERS = {
    **{"content_layers": 4, "content_noises": 4, "style_layers": 3, "style_noises": 4, "sizes": 4, "weight_ratios": 3},
    **{"grid_content": 4, "grid_noise": 4, "timing": 40, "favourites": 2, "blending": 1, "claims": 111},
}
ALONE = ("content_layers", "content_noises", "style_layers", "style_noises")
PRECISIONS = {**dict.fromkeys(ALONE, {"fp32"}), "claims": {"fp32", "bf16"}}
"""One loss alone: exact also where the machine is faster in half precision."""
QUICK_SIZES = {"sizes": {256, 384}, "claims": {96, 192}, "timing": {96}}
STUDIES = {
    **{"fidelity": 10, "optimizers": 74, "precision": 110, "resizing": 10, "costs": 26, "preconditioner": 128},
    **{"schedules": 128, "first_step": 64},
}
"""Runs of the project's own studies."""
Planned = Callable[..., tuple[Plan, list[Spec]]]


def values(plan: Plan) -> list[tuple[Any, ...]]:
    return [tuple(job.values[key] for key in plan.varied) for job in plan.runs]


def called(rows: Sequence[tuple[Any, ...]], names: dict[str, str]) -> list[tuple[Any, ...]]:
    """The values of runs with the pictures called by what the write-up's names stand for."""
    return [tuple(names.get(value, value) for value in row) for row in rows]


def check_constants(plan: Plan, expected: dict[str, Any], names: dict[str, str]) -> None:
    assert {key: plan.constants.get(key) for key in expected} == {k: names.get(v, v) for k, v in expected.items()}


def test_all_are_tested() -> None:
    rooms = {name: file.parent.name for name, file in sweep_files().items()}
    own = {name for name, room in rooms.items() if room == "sweeps"}
    assert set(SWEEPS) == set(NUMBERS) == own
    assert {name for name, room in rooms.items() if room == "studies"} == set(STUDIES)
    assert {name: len(expected.full) for name, expected in SWEEPS.items()} == NUMBERS


@pytest.mark.parametrize("name", SWEEPS)
def test_as_the_write_up_did_it(name: str, planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nst.hardware.device.has_bf16", lambda device: True)
    expected, (plan, specs) = SWEEPS[name], planned(f"sweep={name}", "device=cpu")
    assert (plan.name, plan.sweep, plan.varied) == (name, name, expected.keys)
    assert values(plan) == called(expected.full, BUILTIN)
    check_constants(plan, expected.constants, BUILTIN)
    assert {spec.size for spec in specs} == ({512, 1024} if name in ("sizes", "claims") else {512})
    assert {spec.steps for spec in specs} == ({300, 500} if name == "timing" else {300})
    assert {spec.precision for spec in specs} == PRECISIONS.get(name, {"bf16"})
    assert len({job.signature for job in plan.runs}) == len(plan.runs)
    assert len({job.label for job in plan.runs}) == len(plan.runs)
    assert len(plan.purpose) > 60 and not plan.purpose.startswith("#")
    for axis in ("rows", "cols"):
        assert set(parse_keys(plan.report[axis]) or ()) <= set(plan.varied)


@pytest.mark.parametrize("name", SWEEPS)
def test_in_a_few_minutes(name: str, planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nst.hardware.device.has_bf16", lambda device: True)
    expected, (plan, specs) = SWEEPS[name], planned(f"sweep={name}", "profile=quick", "device=cpu")
    assert (plan.name, plan.varied) == (f"{name}-quick", expected.keys)
    assert values(plan) == called(expected.quick or expected.full, BUILTIN)
    assert {spec.size for spec in specs} == QUICK_SIZES.get(name, {256})
    assert {spec.steps for spec in specs} == {"timing": {100, 150}, "claims": {50}}.get(name, {100})
    check_constants(plan, expected.constants | expected.quick_constants, BUILTIN)


@pytest.mark.pictures
@pytest.mark.parametrize("name", SWEEPS)
def test_on_the_pictures_of_the_write_up(
    name: str, planned: Planned, writeup_pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nst.hardware.device.has_bf16", lambda device: True)
    arguments = (f"sweep={name}", "pictures=writeup", f"picture_dirs=[{writeup_pictures}]", "device=cpu")
    plan, specs = planned(*arguments, "pictures.impression_sunrise=water_lilies")
    assert plan.name.startswith(f"{name}-writeup") and "water_lilies" in plan.name
    assert values(plan) == called(SWEEPS[name].full, OWN)
    check_constants(plan, SWEEPS[name].constants, OWN)
    for job, spec in zip(plan.runs, specs, strict=True):
        for key in ("content", "style"):
            shown = str(job.values.get(key, plan.constants.get(key)))
            if shown not in BUILTIN_NAMES:
                check_files(shown, spec.pictures.get(key), writeup_pictures)


def check_files(name: str, reference: PictureFile | Blend | None, folder: Path) -> None:
    """A picture is the file of that name in the folder."""
    if isinstance(reference, Blend):
        found = [reference.source, reference.mask, reference.target]
        assert [Path(file.path).stem for file in found if file] == ["bear_source", "bear_mask", "pool_target"]
    elif reference is not None:
        assert Path(reference.path).is_relative_to(folder)
        assert Path(reference.path).stem == name.rpartition("(")[2].rstrip(")")


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_has_runs_that_all_differ(name: str, planned: Planned) -> None:
    """Two precisions of 5 pairs from the content, and of a transfer, 4 textures and 5 reconstructions with 5 seeds; 8
    variants of L-BFGS on 4 pairs from 2 starts, 2 types of history with 5 seeds; 2 precisions of 5 starts; 4
    preconditioners of 8 pairs from 2 starts, 8 textures and 8 reconstructions; 4 schedules of sizes with two of these,
    of 8 pairs from 2 starts; 4 first steps of 8 pairs from 2 starts.
    """
    for profile, sizes in (("full", {512, 256, 128}), ("quick", {128, 96, 64})):
        plan, specs = planned(f"sweep=studies/{name}", f"profile={profile}", "device=cpu")
        assert (plan.name, plan.sweep) == (name if profile == "full" else f"{name}-quick", name)
        assert len({job.signature for job in plan.runs}) == len({job.label for job in plan.runs}) == STUDIES[name]
        assert {spec.size for spec in specs} <= sizes
        assert set(plan.varied) >= set(parse_keys(plan.report["rows"]) or ())


def test_the_variants_of_lbfgs(planned: Planned) -> None:
    """The tutorial's clamp, and projected: three caps without the projected gradient and four with it."""
    _, specs = planned("sweep=optimizers", "device=cpu")
    variants = {spec.optimizer for spec in specs if spec.optimizer.history_dtype == "fp32"}  # type: ignore[union-attr]
    assert variants == {
        Lbfgs(clamp="closure", max_step=0, project_gradient=False),
        *(Lbfgs(max_step=cap, project_gradient=False) for cap in (0, 0.03, 0.1)),
        *(Lbfgs(max_step=cap) for cap in (0, 0.01, 0.03, 0.1)),
    }


def test_the_tutorial_is_compared_in_its_own_preset(planned: Planned) -> None:
    _, specs = planned("sweep=fidelity", "device=cpu")
    assert {spec.optimizer for spec in specs} == {Lbfgs(clamp="closure", max_step=0, project_gradient=False)}
    assert {(spec.steps, spec.runtime.trace_every) for spec in specs} == {(300, 1)}


@pytest.mark.slow
def test_the_companion_makes_no_run_that_another_sweep_makes(planned: Planned) -> None:
    """Its runs of the write-up's own pictures are also those of the figures: two pairs of them in Part 3."""
    mine = {job.signature for job in planned("sweep=claims", "device=cpu")[0].runs}
    shared = {
        name: len(mine & {job.signature for job in planned(f"sweep={name}", "device=cpu")[0].runs})
        for name in SWEEPS.keys() - {"claims", "timing", "blending"}
    }
    pairs = {"sizes": 2, "weight_ratios": 2, "grid_content": 2, "grid_noise": 2, "favourites": 0}
    assert shared == {name: NUMBERS[name] for name in ALONE} | pairs


def test_six_names_are_six_pictures() -> None:
    names = ("wally", "dancing", "the_scream", "frida_kahlo", "picasso", "impression_sunrise")
    assert len({MEANT[name] for name in names}) == 6


def test_timing_alternates_who_goes_first() -> None:
    """The expectation above, written out for the first three of ten repeats."""
    assert timing(300, 500)[:12] == [
        *((0, 300, "noise"), (0, 300, "content"), (0, 500, "noise"), (0, 500, "content")),
        *((1, 300, "content"), (1, 300, "noise"), (1, 500, "content"), (1, 500, "noise")),
        *((2, 300, "noise"), (2, 300, "content"), (2, 500, "noise"), (2, 500, "content")),
    ]


@pytest.mark.parametrize(
    ("overrides", "varied", "number"),
    [
        (["size=256"], ("content",), 2),
        (["size=128,256,384"], ("content", "size"), 6),
        (["content=wally"], ("size",), 2),
        (["seed=0,1"], ("content", "size", "seed"), 8),
    ],
)
def test_the_command_line_has_the_last_word_on_what_is_swept(
    overrides: list[str], varied: tuple[str, ...], number: int, planned: Planned
) -> None:
    plan, _ = planned("sweep=sizes", *overrides, "device=cpu")
    assert (plan.varied, len(plan.runs)) == (varied, number)


def test_a_preset_gives_way_to_a_profile_a_profile_to_a_sweep_a_sweep_to_the_command_line(planned: Planned) -> None:
    gatys, _ = planned("sweep=style_layers", "preset=gatys", "style_layer_weights=null", "device=cpu")
    assert (gatys.constants["steps"], gatys.constants["pooling"], gatys.constants["init"]) == (500, "avg", "noise")
    quick, _ = planned("sweep=sizes", "preset=gatys", "profile=quick", "device=cpu")
    assert (quick.constants["steps"], quick.constants["pooling"]) == (100, "avg")
    own, _ = planned("sweep=sizes", "preset=gatys", "profile=quick", "steps=7", "device=cpu")
    assert own.constants["steps"] == 7


def test_own_sweeps_and_presets_from_a_folder(planned: Planned, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("my own")
    (folder / "sweeps").mkdir()
    (folder / "preset").mkdir()
    sweep = "# Mine.\ncontent: coffee\nhydra: {sweeper: {params: {seed: '1,2,3'}}}\nquick: {steps: 9}\n"
    (folder / "sweeps" / "mine.yaml").write_text(sweep)
    (folder / "preset" / "mine.yaml").write_text("# @package _global_\nsteps: 11\nsize: 48\nstyle_layers: conv_1\n")
    plan, specs = planned("sweep=mine", "preset=mine", "--config-dir", str(folder), "device=cpu")
    assert (plan.name, plan.purpose, values(plan)) == ("mine-mine", "Mine.", [(1,), (2,), (3,)])
    assert {(spec.steps, spec.size, flat(spec)["style_layers"]) for spec in specs} == {(11, 48, ("conv_1",))}
    plan, specs = planned("sweep=mine", "preset=mine", f"--config-dir={folder}", "profile=quick", "device=cpu")
    assert {(spec.steps, spec.size) for spec in specs} == {(9, 256)}
    plan, _ = planned(f"--config-dir={folder}", "sweep=weight_ratios", "device=cpu")
    assert len(plan.runs) == 3
