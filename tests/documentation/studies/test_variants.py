"""Preconditioner, sizes and precision of runs, also if a sweep has no columns for them."""

from pathlib import Path

import pandas as pd
import pytest

import nst
from docs.make.studies.variants import variant, with_variants
from nst.spec.records import Spec
from nst.store.store import Store

PLAIN = {"content": "rocket", "style": "facets", "device": "cpu", "size": 128, "precision": "bf16"}
PLAIN |= {"optimizer": "lbfgs_plain"}
STEPS = {"first": 0.05, "cap": 0.05, "precision": "bf16"}
FOURIER = {"optimizer.preconditioner.kind": "fourier", "optimizer.preconditioner.exponent": 0.5}
COARSE = {"scales.from": 0.25, "scales.factor": 2, "scales.steps": 50}


def spec(**keys: object) -> Spec:
    return nst.make_spec(**{**PLAIN, **keys})


def test_a_run_of_one_size_without_a_preconditioner() -> None:
    plain = {"kind": "none", "exponent": None, **STEPS, "sizes": "", "each": None}
    assert variant(spec()) == plain
    assert variant(spec(precision="fp32")) == {**plain, "precision": "fp32"}
    assert variant(spec(optimizer="adam")) == {**plain, "first": None, "cap": None}
    torchs = {"optimizer.first_step": 0, "optimizer.max_step": 0.03}
    assert variant(spec(**torchs)) == {**plain, "first": 0, "cap": 0.03}


def test_a_run_of_three_sizes_with_one() -> None:
    found, scales = variant(spec(**FOURIER, **COARSE)), {"sizes": "32+64+128", "each": 50}
    assert found == {"kind": "fourier", "exponent": 0.5, **STEPS, **scales}


def test_columns_replace_the_keys_and_runs_without_a_spec_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = {"a": spec(), "b": spec(**FOURIER), "c": None}
    monkeypatch.setattr(Store, "spec", lambda store, name: specs[name])
    runs = pd.DataFrame({"signature": list(specs), "size": 128, "optimizer.preconditioner.kind": "fourier"})
    runs.attrs["keys"] = ("size", "optimizer.preconditioner.kind")
    found = with_variants(runs, tmp_path)
    assert found[["signature", "kind", "sizes"]].values.tolist() == [["a", "none", ""], ["b", "fourier", ""]]
    assert found["exponent"].isna().tolist() == [True, False] and "optimizer.preconditioner.kind" not in found
    assert found["precision"].tolist() == ["bf16", "bf16"]
    assert found.attrs["keys"] == ("size", "kind", "exponent", "first", "cap", "sizes", "each", "precision")
