"""The frame for notebooks: the type of each column, and that no file on disk makes it fail."""

import subprocess
import sys
from typing import Any

import pandas as pd
import pytest

import nst
from nst.errors import UserError
from report.conftest import Store, paint


def test_every_column_has_its_type(store: Store) -> None:
    constants = {"size": 64, "content": "wally", "tv_weight": 0.0, "deterministic": False, "device": "cpu"}
    jobs = store.sweep("s", {"init": ["noise", "content"], "steps": [300, 500]}, constants=constants)
    store.done(jobs[0], resumed_at=50)
    store.trace(jobs[0], [2.0, 1.0])
    store.failed(jobs[1], "diverged at 212")
    found = nst.load("s", store.root)
    types = {
        **{"signature": "string", "state": "category", "init": "category", "steps": "Int64", "size": "Int64"},
        **{"content": "string", "tv_weight": "float64", "deterministic": "boolean", "total_loss": "float64"},
        **{"evaluations": "Int64", "resumed_at": "Int64", "threads": "Int64", "device": "string", "error": "string"},
    }
    assert {name: str(found[name].dtype) for name in types} == types
    assert list(found["state"]) == ["done", "failed", "pending", "pending"]
    assert list(found["init"].cat.categories) == ["noise", "content"]
    assert found["evaluations"].iloc[0] == 150 and found["evaluations"].iloc[1] == 212
    assert found["evaluations"].iloc[2] is pd.NA and found["device"].iloc[2] is pd.NA
    assert found["device"].iloc[0] == "Xeon"  # measured, not the constant
    assert found["trace"].iloc[0] == store.root / "jobs" / jobs[0]["signature"] / "trace.csv"
    assert found["trace"].iloc[2] is None


def test_the_keys_come_first(store: Store) -> None:
    store.sweep("s", {"seed": [1]}, constants={"size": 64})
    found = nst.load("s", store.root)
    assert list(found)[:5] == ["signature", "label", "state", "seed", "size"]
    assert found.attrs["keys"] == ("seed", "size")


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([1, 2.5], "float64"), ([True, False], "boolean"), (["a", 3], "object"), ([2**70, 1], "object")],
)
def test_a_key_has_the_type_of_all_its_values(store: Store, values: list[Any], dtype: str) -> None:
    store.sweep("s", {"key": values})
    assert str(nst.load("s", store.root)["key"].dtype) == dtype


def test_a_value_that_is_not_there_is_missing(store: Store) -> None:
    store.sweep("s", {"seed": [1, None]})
    assert nst.load("s", store.root)["seed"].isna().tolist() == [False, True]


def test_foreign_folders_and_plans_of_older_versions(store: Store) -> None:
    jobs = store.sweep("s", {"seed": [0, 1, 2]})
    for job in jobs[:2]:
        paint(store.root / "jobs" / job["signature"] / "image.png", (8, 8), seed=1)
    store.write(f"jobs/{jobs[0]['signature']}/metrics.json", {"evaluations": "many", "threads": [1], "stopped": 3})
    store.write(f"jobs/{jobs[1]['signature']}/metrics.json", {"stopped": None})
    store.write(f"jobs/{jobs[1]['signature']}/provenance.json", {"threads": "auto", "device": {"a": 1}})
    store.write("sweeps/old/plan.json", {"jobs": [{"signature": jobs[0]["signature"]}]})
    found = nst.load("s", store.root)
    assert list(found["state"]) == ["done", "done", "pending"]
    assert found["evaluations"].isna().all() and found["threads"].isna().all()
    assert len(nst.load("old", str(store.root))) == 1


def test_no_such_sweep(store: Store) -> None:
    with pytest.raises(UserError, match="no sweep 's'"):
        nst.load("s", store.root)


def test_nst_itself_stays_light() -> None:
    code = "import sys, nst; sys.exit(str({'pandas', 'numpy', 'torch'} & set(sys.modules) or ''))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr.strip() == ""
    )
