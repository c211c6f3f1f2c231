"""Traces as they are found on disk, and the key that groups many of them."""

import numpy as np
import pytest

from nst.report.read import frame, traces
from nst.store.plan import read_plan
from report.conftest import Store


def test_only_losses_that_a_logarithm_can_show(store: Store) -> None:
    (job,) = store.sweep("s", {"seed": [0]})
    store.trace(job, [10.0, 0.0, float("nan"), float("inf"), 1e308, 2.0])
    plan = read_plan(store.store, "s")
    (curve,) = traces.curves(plan, frame.frame(plan, store.store))
    assert (list(curve.evaluations), list(curve.losses)) == ([1, 6], [10.0, 2.0])
    assert list(curve.seconds) == [0.2, 1.2]
    assert curve.name == "seed 0" and not curve.failed


def test_broken_traces_are_empty(store: Store) -> None:
    path = store.root / "trace.csv"
    assert len(traces.read_trace(path)) == 0
    for text in ("", "a,b\n1,2\n", "\x00\x01", "evaluation,seconds,content_loss,style_loss,total_loss\n150,3"):
        store.write("trace.csv", {}).write_text(text, encoding="utf-8")
        assert len(traces.read_trace(path)) == 0


def test_what_can_be_read_of_a_trace(store: Store) -> None:
    """A line that is half written, one of letters, and no times at all."""
    path = store.write("trace.csv", {})
    path.write_text("evaluation,seconds,total_loss\n1,0.5,9\nx,y,z\n3,,4\n4,2", encoding="utf-8")
    found = traces.read_trace(path)
    assert found[:, 0].tolist() == [1, 3] and found[:, 2].tolist() == [9, 4] and np.isnan(found[1, 1])
    path.write_text("evaluation,total_loss\n1,9\n", encoding="utf-8")
    assert traces.read_trace(path)[:, 2].tolist() == [9]


def test_sizes_of_a_trace(store: Store) -> None:
    """0 where there is none."""
    path = store.write("trace.csv", {})
    path.write_text("evaluation,seconds,size,total_loss\n1,0.5,32,9\n2,1,64,8\n3,1.5,,7\n", encoding="utf-8")
    assert traces.read_trace(path).tolist() == [[1, 0.5, 9, 32], [2, 1, 8, 64], [3, 1.5, 7, 0]]
    path.write_text("evaluation,seconds,total_loss\n1,0.5,9\n", encoding="utf-8")
    assert traces.read_trace(path).tolist() == [[1, 0.5, 9, 0]]


def test_the_key_that_colours(store: Store) -> None:
    store.sweep("s", {"repeat": range(3), "size": range(20), "init": ["a", "b"], "seed": range(4)})
    assert traces.group_key(read_plan(store.store, "s")) == "seed"
    store.sweep("t", {})
    assert traces.group_key(read_plan(store.store, "t")) is None


@pytest.mark.parametrize(
    ("text", "is_damaged"),
    [
        ("evaluation,seconds,total_loss\n1,0.5,9\n2,,nan\n", False),
        ("evaluation,seconds,total_loss\n", False),
        ("evaluation,seconds,total_loss\n1,0.5,9\nx,y,z\n", True),
        ("a,b\n1,2\n", True),
        ("", True),
        ("\x00\x01", True),
    ],
)
def test_a_damaged_trace_is_said_once(
    store: Store, text: str, is_damaged: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    path = store.write("trace.csv", {})
    path.write_text(text, encoding="utf-8")
    for _ in range(2):
        traces.read_trace(path)
    assert capsys.readouterr().err == f"damaged: {path}\n" * is_damaged
