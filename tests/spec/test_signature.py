"""The signature covers what is computed and nothing else; a spec survives its way through YAML."""

import hashlib
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
import yaml

from nst.networks.base.weights import WeightsFile
from nst.spec.records import Adam, Blend, Lbfgs, PictureFile
from nst.spec.signature import SPEC_VERSION, UNSIGNED, Spec, canonical, from_dict, signature, to_dict

A, B, C = (PictureFile(f"/somewhere/{letter}.png", letter * 64) for letter in "abc")
BLEND = Blend(source=A, mask=B, target=C, offset=(3, -4), mode="poisson")
FIXED = Spec(
    content=A,
    style=B,
    content_layers=("conv_4",),
    content_layer_weights=(1.0,),
    content_weight=1.0,
    style_layers=("conv_1", "conv_2"),
    style_layer_weights=(0.5, 2.0),
    style_weight=1e6,
    tv_weight=0.0,
    size=512,
    init="content",
    init_picture=None,
    seed=0,
    repeat=0,
    steps=300,
    optimizer=Lbfgs(),
    keep="last",
    pooling="max",
    weights=WeightsFile("bundled", "/somewhere/weights.bin", "d" * 64),
    precision="bf16",
)
FIXED_JSON = (
    '{"content":{"sha256":"' + "a" * 64 + '"},"content_layer_weights":[1.0],"content_layers":["conv_4"],'
    '"content_weight":1.0,"init":"content","init_picture":null,"keep":"last",'
    '"optimizer":{"clamp":"projected","history":100,"history_dtype":"fp32","lr":1.0,"name":"lbfgs",'
    '"tolerance_change":0.0,"tolerance_grad":0.0},'
    '"pooling":"max","precision":"bf16","repeat":0,"seed":0,"size":512,"spec_version":2,"steps":300,'
    '"style":{"sha256":"' + "b" * 64 + '"},"style_layer_weights":[0.5,2.0],"style_layers":["conv_1","conv_2"],'
    '"style_weight":1000000.0,"tv_weight":0.0,"weights":{"sha256":"' + "d" * 64 + '"}}'
)
SIGNED: dict[str, dict[str, Any]] = {
    "content": {"content": C},
    "style": {"style": C},
    "content_layers": {"content_layers": ("relu_4",)},
    "content_layer_weights": {"content_layer_weights": (2.0,)},
    "content_weight": {"content_weight": 2.0},
    "style_layers": {"style_layers": ("conv_1", "conv_3")},
    "style_layer_weights": {"style_layer_weights": (0.5, 1.0)},
    "style_weight": {"style_weight": 9e5},
    "tv_weight": {"tv_weight": 1.0},
    "size": {"size": 511},
    "init": {"init": "uniform"},
    "init_picture": {"init_picture": C},
    "seed": {"seed": 1},
    "repeat": {"repeat": 1},
    "steps": {"steps": 301},
    "optimizer": {"optimizer": Adam()},
    "keep": {"keep": "best"},
    "pooling": {"pooling": "avg"},
    "weights": {"weights": WeightsFile("bundled", "/somewhere/weights.bin", "e" * 64)},
    "precision": {"precision": "fp32"},
}
UNSIGNED_VALUES = {
    **{"device": "cuda:0", "threads": 7, "deterministic": True},
    **{"frames_every": 5, "checkpoint_every": 5, "trace_every": 5},
}
OPTIMIZER_FIELDS = {
    Lbfgs: {
        **{"lr": 0.5, "history": 99, "clamp": "closure", "tolerance_grad": 1e-7, "tolerance_change": 1e-9},
        **{"history_dtype": "bf16"},
    },
    Adam: {"lr": 0.5, "beta1": 0.8, "beta2": 0.99},
}


def test_the_canonical_json_is_written_out_in_full() -> None:
    assert SPEC_VERSION == 2
    assert canonical(FIXED) == FIXED_JSON


def test_the_signature_never_changes_by_accident() -> None:
    """Results in every store are filed under these names: whoever changes one must raise SPEC_VERSION and mean it."""
    assert signature(FIXED) == hashlib.sha256(FIXED_JSON.encode()).hexdigest()[:12]
    assert signature(FIXED) == "dbfde346498c"


def test_every_field_is_either_signed_or_not() -> None:
    assert set(SIGNED) | set(UNSIGNED_VALUES) == {field.name for field in fields(Spec)}
    assert set(UNSIGNED_VALUES) == UNSIGNED[Spec]


@pytest.mark.parametrize("name", SIGNED)
def test_every_signed_field_changes_the_signature(name: str) -> None:
    assert signature(replace(FIXED, **SIGNED[name])) != signature(FIXED)


@pytest.mark.parametrize("name", UNSIGNED_VALUES)
def test_how_and_where_a_run_goes_does_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nst.spec.signature.check", lambda spec: None)  # allowed or not, it is not in the signature
    changed = replace(FIXED, **{name: UNSIGNED_VALUES[name]})
    assert changed != FIXED and signature(changed) == signature(FIXED)


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
        content=replace(A, path="/elsewhere/x.jpg"),
        style=replace(B, path="y"),
        weights=WeightsFile("file", "/elsewhere/w.pth", "d" * 64),
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
    blended = replace(FIXED, content=BLEND)
    assert signature(replace(FIXED, content=replace(BLEND, **change))) != signature(blended) != signature(FIXED)


def test_defaults_are_in_the_signature() -> None:
    """Editing a default must not let an old result answer for a new configuration."""
    for name in ("history", "history_dtype", "tolerance_grad", "keep", "tv_weight", "repeat"):
        assert f'"{name}":' in canonical(FIXED)


@pytest.mark.parametrize(
    "spec",
    [
        FIXED,
        replace(FIXED, content=BLEND),
        replace(FIXED, content=replace(BLEND, mask=None)),
        replace(FIXED, optimizer=Adam(lr=0.1), init="picture", init_picture=C, device="cuda:1", threads=3),
        replace(FIXED, content=None, content_layers=(), content_layer_weights=(), content_weight=0.0, init="uniform"),
    ],
)
def test_a_spec_survives_yaml(spec: Spec) -> None:
    back = from_dict(yaml.safe_load(yaml.safe_dump(to_dict(spec))))
    assert back == spec and signature(back) == signature(spec)
    assert to_dict(back) == to_dict(spec)


@pytest.mark.parametrize("change", [{"news": 1}, {"style": {"path": "x"}}])
def test_data_of_another_version_is_not_read(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError)):
        from_dict({**to_dict(FIXED), **change})
    with pytest.raises(KeyError):
        from_dict({key: value for key, value in to_dict(FIXED).items() if key != "weights"})


def test_a_spec_is_frozen_and_validated(make_spec: Callable[..., Spec]) -> None:
    with pytest.raises(FrozenInstanceError):
        FIXED.steps = 2  # type: ignore[misc]
    assert make_spec() == make_spec() and hash(make_spec()) == hash(make_spec())


def test_a_transfer_has_both_losses(
    make_spec: Callable[..., Spec], content_only: dict[str, Any], style_only: dict[str, Any]
) -> None:
    assert make_spec().is_transfer
    assert not make_spec(**content_only).is_transfer and not make_spec(**style_only).is_transfer
