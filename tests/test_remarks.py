"""What is said of a picture that stayed at its start or went to its bounds, and of a run that diverged."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from nst.engine import transfer
from nst.remarks import against_divergence, remark
from nst.spec.records import Adam, Lbfgs, Spec

MakeSpec = Callable[..., Spec]


def grey(level: int, extreme: int = 0) -> Image.Image:
    """Ten by ten pixels, the first `extreme` of them black and white in turn."""
    pixels = np.full((100, 3), level, dtype=np.uint8)
    pixels[:extreme:2], pixels[1:extreme:2] = 0, 255
    return Image.fromarray(pixels.reshape(10, 10, 3))


def test_a_picture_that_moved_needs_no_remark(make_spec: MakeSpec) -> None:
    assert remark(make_spec(), grey(101), grey(100), [grey(50)]) is None


def test_a_picture_at_its_start_is_told(make_spec: MakeSpec) -> None:
    """Nine of 100 pixels are a level off: 0.09 on average."""
    start = np.full((10, 10, 3), 100, dtype=np.uint8)
    start[0, :9] = 101
    said = "the picture has hardly left its start; try more steps (now 7) or other weights"
    assert remark(make_spec(steps=7), grey(100), Image.fromarray(start), []) == said
    assert remark(make_spec(steps=1), grey(100), Image.fromarray(start), []) is None
    start[0, :] = start[1, 0] = 101
    assert remark(make_spec(steps=7), grey(100), Image.fromarray(start), []) is None


def test_a_picture_at_its_bounds_is_told_unless_it_was_made_from_one(make_spec: MakeSpec) -> None:
    said = "52% of the picture is black or white to the limit; try a smaller optimizer.lr (now 10)"
    spec = make_spec(optimizer=Adam(lr=10))
    assert remark(spec, grey(100, 52), grey(100), [grey(50)]) == said
    assert remark(spec, grey(100, 50), grey(100), [grey(50)]) is None
    assert remark(spec, grey(100, 52), grey(100), [grey(50), grey(0)]) is None


@pytest.mark.parametrize(
    ("optimizer", "said"),
    [
        (Adam(lr=3), "try a smaller optimizer.lr (now 3) or a smaller weight"),
        (Lbfgs(), "try a smaller optimizer.lr (now 1) or a smaller weight"),
        *(
            (
                Lbfgs(clamp=clamp, lr=0.5),
                "try optimizer.clamp=projected, a smaller optimizer.lr (now 0.5) or a smaller weight",
            )
            for clamp in ("closure", "none")
        ),
    ],
)
def test_what_keeps_a_run_from_diverging(optimizer: Adam | Lbfgs, said: str, make_spec: MakeSpec) -> None:
    assert against_divergence(make_spec(optimizer=optimizer)) == said


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"content_weight": 1e9, "steps": 4}, "the picture has hardly left its start"),
        ({"content_weight": 1e-9, "style_weight": 1e-9, "init": "uniform", "steps": 4}, "the picture has hardly left"),
        ({"optimizer": Adam(lr=10), "steps": 5}, "7"),
        ({"steps": 20}, None),
    ],
    ids=["content alone", "weak", "at its bounds", "usual"],
)
def test_the_remark_on_a_run(changes: dict[str, object], begins: str | None, make_spec: MakeSpec) -> None:
    found = transfer(make_spec(**changes)).remark
    assert found is None if begins is None else found and found.startswith(begins)
