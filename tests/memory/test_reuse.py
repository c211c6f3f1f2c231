"""Memory that a process keeps between runs, and when it is freed."""

from collections.abc import Callable, Iterator

import pytest
import torch
from specs import changed

from nst.memory.reuse import CACHES
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.spec.records import Adam, Spec

MakeSpec = Callable[..., Spec]
PICTURE = torch.zeros(1, 3, 16, 16)


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    CACHES.release()
    yield
    CACHES.release()


def test_a_run_of_the_same_kind_gets_the_same_memory(make_spec: MakeSpec) -> None:
    first = CACHES.optimizer_for(make_spec(steps=9), PICTURE)
    first.step(PICTURE.clone(), torch.ones_like(PICTURE), torch.tensor(1.0))
    again = CACHES.optimizer_for(make_spec(steps=9, seed=5), PICTURE)
    assert again is first and isinstance(again, LbfgsOptimizer) and bool(again.first)


def test_steps_beyond_the_history_are_the_same_kind(make_spec: MakeSpec) -> None:
    """300 and 500 evaluations both fill a history of 100, as a sweep of timings asks for in turns."""
    assert CACHES.optimizer_for(make_spec(steps=300), PICTURE) is CACHES.optimizer_for(make_spec(steps=500), PICTURE)


@pytest.mark.parametrize("changes", [{"steps": 5}, {"optimizer": Adam()}, {"precision": "bf16"}])
def test_another_kind_gets_its_own_and_the_old_one_goes(make_spec: MakeSpec, changes: dict[str, object]) -> None:
    first = CACHES.optimizer_for(make_spec(steps=9), PICTURE)
    again = CACHES.optimizer_for(changed(make_spec(steps=9), **changes), PICTURE)
    assert again is not first and CACHES.optimizer is again


def test_room_is_made_for_another_shape_only(make_spec: MakeSpec) -> None:
    CACHES.free_unrelated_buffers(make_spec(steps=9), (16, 16))
    CACHES.optimizer_for(make_spec(steps=9), PICTURE)
    CACHES.free_unrelated_buffers(make_spec(steps=9), (16, 16))
    assert CACHES.reusable_bytes() > 9 * 2 * 3 * 16 * 16 * 4
    CACHES.free_unrelated_buffers(make_spec(steps=9), (16, 17))
    assert CACHES.reusable_bytes() == 0
