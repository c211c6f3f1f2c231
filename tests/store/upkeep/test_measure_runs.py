"""Runs that were made before are measured from what the store has of them, and nothing is made again."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from nst.metrics.of_run import measure_run
from nst.result import Result
from nst.spec.records import Spec
from nst.spec.signature import signature
from nst.store.files.names import strangers
from nst.store.provenance import now
from nst.store.record import metrics, write_failure, write_result
from nst.store.store import Store
from nst.store.upkeep.measure_runs import CannotMeasure, is_unmeasured, measure_missing, measure_stored


@pytest.fixture
def key(store: Store, small: Spec, result: Result) -> str:
    write_result(store, small, result, now())
    return signature(small)


def test_a_stored_run_has_the_measures_of_its_picture(store: Store, small: Spec, result: Result, key: str) -> None:
    before = (store.run(key) / "metrics.json").read_bytes()
    assert is_unmeasured(store, key) and measure_stored(store, key) > 0
    assert not is_unmeasured(store, key) and is_unmeasured(store, key, patches=True)
    found, recorded = store.measures(key), metrics(small, result)
    expected = measure_run(small, result.image, result.inputs.pictures)
    assert found == pytest.approx({name: value for name, value in expected.items() if name not in recorded})
    assert "ssim_content" not in (found or {})  # which the run has already
    assert (store.run(key) / "metrics.json").read_bytes() == before
    assert store.damage(key, thorough=True) is None and strangers(store.run(key)) == []


def test_patches_are_added_and_stay(store: Store, key: str) -> None:
    measure_stored(store, key, patches=True)
    first = store.measures(key)
    measure_stored(store, key)
    assert first is not None and "local_patterns" in first and store.measures(key) == first


def test_only_what_is_missing_is_measured(store: Store, small: Spec, result: Result, key: str) -> None:
    other, lost = replace(small, repeat=1), replace(small, repeat=2)
    write_result(store, other, result, now())
    write_failure(store, lost, ValueError("no"), now())
    measure_stored(store, key)
    told: list[str] = []
    runs = [(signature(spec), f"repeat={spec.repeat}") for spec in (small, other, other, lost)]
    assert measure_missing(store, runs, told.append) == 0
    assert len(told) == 1 and told[0].startswith("[1/1] repeat=1  measured in ")
    assert measure_missing(store, runs, told.append) == 0 and len(told) == 1


def test_a_damaged_file_is_measured_again(store: Store, key: str) -> None:
    measure_stored(store, key)
    whole = store.measures(key)
    (store.run(key) / "measures.json").write_text("{")
    assert is_unmeasured(store, key)
    measure_stored(store, key)
    assert store.measures(key) == pytest.approx(whole)


def test_a_run_that_is_made_again_is_unmeasured(store: Store, small: Spec, result: Result, key: str) -> None:
    measure_stored(store, key)
    write_result(store, small, replace(result, image=Image.new("RGB", result.image.size)), now())
    assert is_unmeasured(store, key)


def test_inputs_that_are_gone_or_others_are_one_line(store: Store, key: str) -> None:
    digest = json.loads((store.run(key) / "metrics.json").read_text())["inputs"]["style"]
    Image.new("RGB", (9, 9)).save(store.picture(digest))
    with pytest.raises(CannotMeasure, match="is not the picture that it was made from$"):
        measure_stored(store, key)
    store.picture(digest).unlink()
    told: list[str] = []
    assert measure_missing(store, [(key, "one")], told.append) == 1
    assert told == [f"[1/1] one  not measured: {store.picture(digest)} is not there any more"]
    store.picture(digest).write_bytes(b"no picture")
    with pytest.raises(CannotMeasure, match="cannot be read$"):
        measure_stored(store, key)
    assert store.measures(key) is None


def test_a_run_that_does_not_say_what_it_is(store: Store, key: str, small: Spec, result: Result) -> None:
    path = store.run(key) / "metrics.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "inputs": {}, "files": {}}))
    with pytest.raises(CannotMeasure, match="^its content was not recorded$"):
        measure_stored(store, key)
    (store.run(key) / "spec.yaml").write_text("- of another time")
    with pytest.raises(CannotMeasure, match="does not say what it computed$"):
        measure_stored(store, key)
    shutil.rmtree(store.run(key))
    assert not is_unmeasured(store, key)


def test_a_run_of_an_older_version_is_measured(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[1] / "version_2", tmp_path / "runs")
    old = Store(tmp_path / "runs")
    key = "2c01ed786d8c"
    assert is_unmeasured(old, key) and measure_stored(old, key) > 0
    assert old.measures(key) and not is_unmeasured(old, key)
