"""The signature covers what is computed and nothing else, and grows without renaming stored runs."""

import hashlib
from dataclasses import FrozenInstanceError, fields, is_dataclass, make_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from nst.networks.base.weights import WeightsFile
from nst.spec.records import (
    Adam,
    Blend,
    Lbfgs,
    Mask,
    NetworkRef,
    PictureFile,
    Preconditioner,
    Runtime,
    Scale,
    Spec,
    Start,
    Target,
    Term,
)
from nst.spec.signature import SPEC_VERSION, UNSIGNED, canonical, from_dict, signature, to_dict
from nst.spec.version_2 import signature_version_2

OLD = Path(__file__).parents[1] / "store" / "version_2" / "jobs"
A, B, C = (PictureFile(f"/somewhere/{letter}.png", letter * 64) for letter in "abc")
BLEND = Blend(source=A, mask=B, target=C, offset=(3, -4), mode="poisson")
CONTENT = Term("content", "mse", 1.0, ("conv_4",), (1.0,), (Target(A),))
STYLE = Term("style", "gram", 1e6, ("conv_1", "conv_2"), (0.5, 2.0), (Target(B),))
WEIGHTS = WeightsFile("bundled", "/somewhere/weights.bin", "d" * 64)
FIXED = Spec(
    terms=(CONTENT, STYLE),
    scales=(Scale(512, 300),),
    start=Start("content", 0, A),
    network=NetworkRef("vgg19", WEIGHTS, "max"),
    optimizer=Lbfgs(),
    keep="last",
    precision="bf16",
)
FIXED_JSON = (
    '{"keep":"last","network":{"name":"vgg19","pooling":"max","weights":{"sha256":"' + "d" * 64 + '"}},'
    '"optimizer":{"clamp":"projected","history":100,"history_dtype":"fp32","lr":1.0,"max_step":0.03,"name":"lbfgs",'
    '"project_gradient":true,"tolerance_change":0.0,"tolerance_grad":0.0},"precision":"bf16","repeat":0,'
    '"scales":[{"size":512,"steps":300}],"spec_version":3,'
    '"start":{"kind":"content","picture":{"sha256":"' + "a" * 64 + '"},"seed":0},'
    '"terms":[{"layer_weights":[1.0],"layers":["conv_4"],"loss":"mse","name":"content",'
    '"targets":[{"picture":{"sha256":"' + "a" * 64 + '"},"weight":1.0}],"weight":1.0},'
    '{"layer_weights":[0.5,2.0],"layers":["conv_1","conv_2"],"loss":"gram","name":"style",'
    '"targets":[{"picture":{"sha256":"' + "b" * 64 + '"},"weight":1.0}],"weight":1000000.0}]}'
)
CHANGES: dict[str, Spec] = {
    "a term's picture": replace(FIXED, terms=(replace(CONTENT, targets=(Target(C),)), STYLE)),
    "a share": replace(FIXED, terms=(CONTENT, replace(STYLE, targets=(Target(B, 0.5), Target(C, 0.5))))),
    "a term's name": replace(FIXED, terms=(CONTENT, replace(STYLE, name="other"))),
    "a loss": replace(FIXED, terms=(CONTENT, replace(STYLE, loss="mse"))),
    "a weight": replace(FIXED, terms=(CONTENT, replace(STYLE, weight=9e5))),
    "layers": replace(FIXED, terms=(CONTENT, replace(STYLE, layers=("conv_1", "conv_3")))),
    "layer weights": replace(FIXED, terms=(CONTENT, replace(STYLE, layer_weights=(0.5, 1.0)))),
    "settings": replace(FIXED, terms=(CONTENT, replace(STYLE, settings=(("power", 3),)))),
    "a version": replace(FIXED, terms=(CONTENT, replace(STYLE, version="2"))),
    "one term more": replace(FIXED, terms=(CONTENT, STYLE, Term("tv", "tv", 1.0))),
    "size": replace(FIXED, scales=(Scale(511, 300),)),
    "steps": replace(FIXED, scales=(Scale(512, 301),)),
    "one scale more": replace(FIXED, scales=(Scale(256, 300), Scale(512, 300))),
    "the start": replace(FIXED, start=Start("uniform", 0)),
    "the start's picture": replace(FIXED, start=Start("picture", 0, C)),
    "seed": replace(FIXED, start=Start("content", 1, A)),
    "a network": replace(FIXED, network=NetworkRef("vgg16", WEIGHTS)),
    "weights": replace(FIXED, network=NetworkRef("vgg19", replace(WEIGHTS, sha256="e" * 64))),
    "pooling": replace(FIXED, network=NetworkRef("vgg19", WEIGHTS, "avg")),
    "padding": replace(FIXED, network=NetworkRef("vgg19", WEIGHTS, padding="replicate")),
    "pooling scale": replace(FIXED, network=NetworkRef("vgg19", WEIGHTS, pooling_scale=0.78)),
    "normalise": replace(FIXED, network=NetworkRef("vgg19", WEIGHTS, normalise="48 of 128 px 0123456789ab")),
    "balance": replace(FIXED, balance="total"),
    "another balance": replace(FIXED, balance="layers"),
    "a network's blocks": replace(FIXED, network=NetworkRef("vgg19", WEIGHTS, version="blocks 0123456789ab")),
    "an optimizer": replace(FIXED, optimizer=Adam()),
    "a preconditioner": replace(FIXED, optimizer=Lbfgs(preconditioner=Preconditioner("fourier"))),
    "an adaptive one": replace(FIXED, optimizer=Lbfgs(preconditioner=Preconditioner("adaptive"))),
    "a pyramid": replace(FIXED, optimizer=Lbfgs(preconditioner=Preconditioner("pyramid"))),
    "an exponent": replace(FIXED, optimizer=Lbfgs(preconditioner=Preconditioner("fourier", 0.5))),
    "keep": replace(FIXED, keep="best"),
    "precision": replace(FIXED, precision="fp32"),
    "repeat": replace(FIXED, repeat=1),
    "resize": replace(FIXED, resize="bilinear"),
    "colours": replace(FIXED, colours="luminance"),
    "a mask": replace(FIXED, terms=(CONTENT, replace(STYLE, mask=Mask(("left",))))),
    "a mask in a file": replace(FIXED, terms=(CONTENT, replace(STYLE, mask=Mask((C,))))),
    "an inverted mask": replace(FIXED, terms=(CONTENT, replace(STYLE, mask=Mask((C,), inverted=True)))),
    "propagation": replace(FIXED, terms=(CONTENT, replace(STYLE, mask=Mask((C,), None, "inside")))),
    "a target's mask": replace(FIXED, terms=(CONTENT, replace(STYLE, targets=(Target(B, 1.0, mask=Mask((C,))),)))),
    "frozen pixels": replace(FIXED, freeze=Mask(("left",))),
    "timed threads": replace(FIXED, timed_threads=1),
    "a timed device": replace(FIXED, timed_device="cpu"),
}
OPTIMIZER_FIELDS: dict[type, dict[str, Any]] = {
    Lbfgs: {
        **{"lr": 0.5, "history": 99, "clamp": "closure", "tolerance_grad": 1e-7, "tolerance_change": 1e-9},
        **{"history_dtype": "bf16", "max_step": 0.1, "project_gradient": False},
        **{"preconditioner": Preconditioner("fourier"), "first_step": 0.05},
    },
    Adam: {"lr": 0.5, "beta1": 0.8, "beta2": 0.99, "average": 0.9, "relative_epsilon": 1e-8},
}


def test_the_canonical_json_is_written_out_in_full() -> None:
    assert SPEC_VERSION == 3
    assert canonical(FIXED) == FIXED_JSON


def test_the_signature_never_changes_by_accident() -> None:
    """Results in every store are filed under these names: whoever changes one must raise SPEC_VERSION and mean it."""
    assert signature(FIXED) == hashlib.sha256(FIXED_JSON.encode()).hexdigest()[:12] == "68b98c0101da"


def test_every_change_is_another_signature() -> None:
    found = {name: signature(spec) for name, spec in CHANGES.items()}
    assert len({signature(FIXED), *found.values()}) == 1 + len(CHANGES)


@pytest.mark.parametrize("changed", [{"device": "cuda:0"}, {"threads": 7}, {"deterministic": True}, {"trace_every": 5}])
def test_how_and_where_a_run_goes_is_not_signed(changed: dict[str, Any]) -> None:
    assert UNSIGNED[Spec] == {"runtime"}
    spec = replace(FIXED, runtime=Runtime(**changed))
    assert spec != FIXED and signature(spec) == signature(FIXED)


@pytest.mark.parametrize("kind", OPTIMIZER_FIELDS)
def test_every_setting_of_an_optimizer_changes_the_signature(kind: type[Lbfgs] | type[Adam]) -> None:
    values = OPTIMIZER_FIELDS[kind]
    assert set(values) | {"name"} == {field.name for field in fields(kind)}
    plain = replace(FIXED, optimizer=kind())
    changed = [replace(FIXED, optimizer=replace(kind(), **{name: value})) for name, value in values.items()]
    assert len({signature(spec) for spec in (plain, *changed)}) == len(values) + 1


def test_files_are_known_by_what_is_in_them() -> None:
    moved = replace(
        FIXED,
        terms=(replace(CONTENT, targets=(Target(replace(A, path="/elsewhere/x.jpg")),)), STYLE),
        network=NetworkRef("vgg19", WeightsFile("file", "/elsewhere/w.pth", "d" * 64)),
    )
    assert signature(moved) == signature(FIXED)
    assert replace(A, path="/elsewhere/x.jpg") == A and A != B


@pytest.mark.parametrize(
    "change",
    [
        {"source": B},
        {"mask": None},
        {"mask": C},
        {"target": B},
        {"offset": (4, -4)},
        {"offset": (3, 4)},
        {"mode": "mixed"},
    ],
)
def test_every_part_of_a_blend_changes_the_signature(change: dict[str, Any]) -> None:
    blended, other = (replace(FIXED, start=Start("picture", 0, blend)) for blend in (BLEND, replace(BLEND, **change)))
    assert signature(other) != signature(blended)


def test_defaults_are_signed() -> None:
    """Editing a default must not let an old result answer for a new configuration."""
    for name in ("history", "history_dtype", "tolerance_grad", "keep", "repeat", "seed", "pooling"):
        assert f'"{name}":' in canonical(FIXED)


def wider(record: Any) -> Any:
    """The record, and all records in it, with a part more that is not used."""
    if isinstance(record, tuple):
        return tuple(wider(item) for item in record)
    if not is_dataclass(record):
        return record
    kind = make_dataclass("Wider", [("later", object, None), ("more", tuple, ())], bases=(type(record),), frozen=True)
    return kind(**{field.name: wider(getattr(record, field.name)) for field in fields(record)})


@pytest.mark.parametrize("spec", [FIXED, *CHANGES.values(), replace(FIXED, start=Start("picture", 0, BLEND))])
def test_a_new_part_that_is_not_used_renames_no_run(spec: Spec) -> None:
    grown = wider(spec)
    assert grown.later is None and grown.terms[0].targets[0].picture.more == ()
    assert signature(grown) == signature(spec)


def test_a_new_part_that_is_used_is_signed() -> None:
    kind = make_dataclass("Wider", [("mask", object, None)], bases=(Target,), frozen=True)
    masked = replace(FIXED, terms=(replace(CONTENT, targets=(kind(A, 1.0, C),)), STYLE))
    assert signature(masked) != signature(FIXED)


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        FIXED.keep = "best"  # type: ignore[misc]


@pytest.mark.parametrize(
    "spec",
    [
        *CHANGES.values(),
        replace(FIXED, terms=(replace(CONTENT, targets=(Target(BLEND),)), STYLE)),
        replace(FIXED, start=Start("picture", 0, replace(BLEND, mask=None))),
        replace(FIXED, optimizer=Adam(average=0.9), keep="average"),
        replace(FIXED, optimizer=Adam(lr=0.1), runtime=Runtime("cuda:1", 3)),
        replace(FIXED, terms=(CONTENT, replace(STYLE, settings=(("layers", ("a", "b")), ("power", 2.0))))),
    ],
)
def test_a_spec_survives_yaml(spec: Spec) -> None:
    back = from_dict(yaml.safe_load(yaml.safe_dump(to_dict(spec))))
    assert back == spec and signature(back) == signature(spec)
    assert to_dict(back) == to_dict(spec)


@pytest.mark.parametrize("change", [{"news": 1}, {"network": {"name": "vgg19"}}, {"spec_version": 4}])
def test_what_is_no_spec_of_a_known_version_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_dict({**to_dict(FIXED), **change})


@pytest.mark.parametrize("folder", sorted(OLD.iterdir()), ids=lambda folder: folder.name)
def test_version_2_is_read_and_signs_as_it_did(folder: Path) -> None:
    spec = from_dict(yaml.safe_load((folder / "spec.yaml").read_text()))
    assert signature_version_2(spec) == folder.name
    assert from_dict(yaml.safe_load(yaml.safe_dump(to_dict(spec)))) == spec


def test_what_version_2_could_not_express_has_no_signature_there() -> None:
    names = ("a share", "a term's name", "a loss", "settings", "a version", "a network", "one scale more")
    masks = ("a mask", "a target's mask", "frozen pixels", "timed threads", "a timed device")
    for name in (*names, *masks, "padding", "pooling scale", "normalise", "balance"):
        assert signature_version_2(CHANGES[name]) is None, name
    assert signature_version_2(FIXED) == "dbfde346498c"


@pytest.mark.parametrize(
    "change",
    [
        {"max_step": 0.1},
        {"project_gradient": False},
        {"preconditioner": Preconditioner("fourier")},
        {"first_step": 0.05},
    ],
)
def test_nor_has_a_step_that_it_did_not_know(change: dict[str, Any]) -> None:
    assert signature_version_2(replace(FIXED, optimizer=replace(FIXED.optimizer, **change))) is None
