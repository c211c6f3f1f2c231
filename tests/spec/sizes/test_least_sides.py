"""What a loss sees must be as large as it needs, in the result and in the target."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from nst.errors import UserError
from nst.spec.records import Picture, Spec, Target, Term
from nst.spec.sizes.least_sides import check_least_sides

MakeSpec = Callable[..., Spec]


def with_loss(spec: Spec, term: Term) -> Spec:
    content, style = spec.terms
    named = replace(content, targets=style.targets) if term.name == "style" else content
    return replace(spec, terms=(content, replace(term, targets=named.targets)))


def sides(width: int, height: int) -> Callable[[Picture], tuple[int, int]]:
    return lambda picture: (width, height)


PATCHES = Term("style", "patches", 1.0, ("conv_4", "conv_13"), (1.0, 1.0), settings=(("stride", 2),))
EDGES = Term("edges", "laplacian", 1.0, settings=(("pooling", 16),))


def test_patches_need_three_positions(make_spec: MakeSpec) -> None:
    """conv_13 sees the picture at 1/16: 48 pixels give it 3 x 3 positions, 47 give 2."""
    spec = with_loss(make_spec(size=48), PATCHES)
    check_least_sides(spec, sides(60, 48))
    message = "^style_loss=patches: needs 3 x 3 positions, but conv_13 has 2 on its .* at size=48; use size=48 or more$"
    with pytest.raises(UserError, match=message):
        check_least_sides(spec, sides(60, 47))


def test_cells_need_three_of_a_side(make_spec: MakeSpec) -> None:
    """33 pixels are two cells of 16 and the beginning of a third."""
    spec = with_loss(make_spec(), EDGES)
    check_least_sides(spec, sides(33, 33))
    with pytest.raises(
        UserError, match="^losses.edges.loss=laplacian: needs 33 x 33 positions, but the picture has 32"
    ):
        check_least_sides(spec, sides(64, 32))


def test_a_target_may_be_what_is_too_small(make_spec: MakeSpec) -> None:
    spec = make_spec(size=64)
    style = spec.term("style")
    assert style is not None
    small: Target = style.targets[0]
    spec = replace(spec, terms=(spec.terms[0], replace(PATCHES, targets=(small,))))
    fitted = {spec.pictures["content"]: (64, 64), small.picture: (64, 40)}
    with pytest.raises(UserError, match="conv_13 has 2 on its"):
        check_least_sides(spec, fitted.__getitem__)
