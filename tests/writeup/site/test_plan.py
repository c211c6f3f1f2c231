"""Sweeps composed in one process, as `nst.run` composes each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sweep.command import TINY, new_process

from nst.errors import UserError
from nst.writeup.site.arguments import Asked
from nst.writeup.site.plan import plan_all


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    with new_process():
        yield


def test_several_sweeps_with_their_own_values(tmp_path: Path) -> None:
    asked = Asked(("profile=quick", *TINY, f"runs_dir={tmp_path}"), tmp_path)
    noises, sizes, timing = plan_all(asked, ("content_noises", "sizes", "timing"))
    assert (len(noises.plan.runs), len(sizes.plan.runs), len(timing.plan.runs)) == (4, 2, 20)
    assert noises.plan.varied == ("init", "seed") and noises.composed[0].spec.term("style") is None
    assert sizes.store.root == tmp_path and sizes.plan.name.startswith("sizes-quick-")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("override", "said"), [("sise=64", "did you mean 'size'"), ("content_layers=conv_17", "conv_17")]
)
def test_a_mistake_names_its_sweep(tmp_path: Path, override: str, said: str) -> None:
    with pytest.raises(UserError, match=rf"{said}.*sweep=sizes; nothing was started"):
        plan_all(Asked((override,), tmp_path), ("sizes",))
