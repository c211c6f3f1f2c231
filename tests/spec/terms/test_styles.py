"""Several styles: shares and scale from the keys to the targets, what is signed, and each mistake in a line."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nst import networks
from nst.errors import UserError
from nst.inputs import load_inputs
from nst.pictures.tensors import picture_hash
from nst.spec.records import PictureFile, Spec, Target
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.spec.signature import canonical, from_dict, signature, to_dict
from nst.spec.terms.make import make_terms
from nst.spec.version_2 import signature_version_2

SMALL = {"size": 32, "steps": 2, "optimizer": {"name": "adam"}, "threads": 1, "device": "cpu", "precision": "fp32"}
MakeSpec = Callable[..., Spec]


def targets(name: str = "style", **changes: Any) -> tuple[Target, ...]:
    """The targets of a term; a picture is called by its name."""
    terms = make_terms(Config(**changes), networks.architecture("vgg19"), lambda _, name: PictureFile(name, name))
    return next(term.targets for term in terms if term.name == name)


def told(found: tuple[Target, ...]) -> list[tuple[str, float, float | None]]:
    return [(getattr(one.picture, "sha256", ""), one.weight, one.scale) for one in found]


def spec(**changes: Any) -> Spec:
    return resolve(Config(**{**SMALL, **changes}))


def test_shares_are_equal_or_normalised_and_0_drops_a_style() -> None:
    assert told(targets(style=["a", "b"])) == [("a", 0.5, None), ("b", 0.5, None)]
    assert told(targets(style=["a", "b"], style_shares=[2, 2])) == told(targets(style=["a", "b"], style_shares=[1, 1]))
    assert told(targets(style=["a", "b", "c"], style_shares=[3, 0, 1])) == [("a", 0.75, None), ("c", 0.25, None)]


def test_a_loss_without_pictures_takes_the_styles_their_shares_and_their_scale() -> None:
    keys: dict[str, Any] = {"style": ["a", "b"], "style_shares": [3, 1], "style_scale": 0.5}
    deep: dict[str, Any] = {"loss": "gram"}
    assert told(targets("deep", **keys, losses={"deep": deep})) == [("a", 0.75, 0.5), ("b", 0.25, 0.5)]
    own = deep | {"shares": [0, 1], "scale": 1}
    assert told(targets("deep", **keys, losses={"deep": own})) == [("b", 1.0, None)]
    other = deep | {"picture": ["c"], "scale": 2}
    assert told(targets("deep", **keys, losses={"deep": other})) == [("c", 1.0, 2.0)]
    assert told(targets("near", **keys, losses={"near": {"loss": "mse"}}))[0] == ("a", 0.75, None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"style": []}, r"^style=\[\]: must be a picture or a list of pictures"),
        ({"style": None}, "^style=null: must be a picture or a list of pictures"),
        ({"style": ["a", "b"], "style_shares": [1]}, "^style_shares: 1 share for 2 pictures"),
        ({"style": ["a", "b"], "style_shares": [0, 0]}, "^style_shares=.*: must be 0 or more, not all 0"),
        ({"style": ["a", "b"], "style_shares": [-1, 2]}, "^style_shares=.*: must be 0 or more, not all 0"),
        ({"style": ["a", "b"], "style_shares": [1e308, 1e308]}, "^style_shares=.*: must be 0 or more, not all 0"),
        ({"style": ["a", "b"], "style_shares": [float("nan"), 2]}, "^style_shares=nan: must be a finite number"),
        ({"style": ["a", "b"], "style_shares": 0.5}, "^style_shares=0.5: must be a list of numbers"),
        ({"style_shares": [1, 2], "style_weight": 0}, "^style_shares: 2 shares for 1 picture"),
        ({"style_scale": 0}, "^style_scale=0: must be above 0"),
        ({"style_scale": float("inf")}, "^style_scale=inf: must be a finite number"),
        ({"losses": {"near": {"loss": "mse", "scale": 2}}}, "^losses.near.scale=2: is for losses of statistics"),
    ],
)
def test_what_is_wrong_is_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        targets(**changes)


def test_a_list_of_one_is_that_one_and_so_is_a_share_of_all() -> None:
    one = signature(spec(style="ihc"))
    assert signature(spec(style=["ihc"], style_shares=[7], style_scale=1)) == one
    assert signature(spec(style=["brick", "ihc"], style_shares=[0, 1])) == one
    assert signature(spec(style=["ihc", "brick"])) != one
    assert '"scale"' not in canonical(spec())


def test_a_scale_is_signed_read_back_and_not_of_version_2() -> None:
    scaled = spec(style=["ihc", "ihc"], style_scale=0.5)
    assert from_dict(to_dict(scaled)) == scaled and scaled.targets["style[2]"].scale == 0.5
    single = spec(style_scale=0.5)
    assert signature(single) != signature(spec())
    assert signature_version_2(single) is None and signature_version_2(spec()) is not None


def test_a_run_starts_from_the_first_style_that_has_a_share() -> None:
    keys: dict[str, Any] = {"style": ["brick", "nocturne", "coins"], "style_shares": [0, 1, 1], "init": "style"}
    found = spec(**keys)
    assert found.start.picture == found.pictures["style"] == spec().pictures["style"]
    assert spec(**keys, style_weight=0).start.picture == found.start.picture
    with pytest.raises(UserError, match=r"^style=\[\]: init=style needs a picture"):
        spec(style=[], init="style", style_weight=0)


def test_the_least_scale_is_named_and_works() -> None:
    """conv_5 sees 1/4 and needs 2 x 2: 8 of 32 pixels."""
    least = "^style_scale=0.1: .* 1024 x 1024 a shorter side of 3 at size=32, .* needs 8; use style_scale=0.25 or"
    with pytest.raises(UserError, match=least):
        spec(style_scale=0.1)
    assert load_inputs(spec(style_scale=0.25)).pictures["style"].size == (8, 8)
    assert load_inputs(spec(style_scale=0.1, style_layers="conv_1")).pictures["style"].size == (3, 3)


def test_half_the_scale_is_the_same_target_as_half_the_size() -> None:
    """The content keeps the size, and so does a texture, whose shape is that of the style at scale 1."""
    halved, half = (load_inputs(spec(size=size, style_scale=scale)).pictures for size, scale in ((64, 0.5), (32, 1.0)))
    assert picture_hash(halved["style"]) == picture_hash(half["style"])
    assert halved["content"].size != half["content"].size
    texture = load_inputs(spec(size=64, style_scale=0.5, content_weight=0, init="noise"))
    assert texture.start.shape[2:] == (64, 64) and texture.pictures["style"].size == (32, 32)


def test_a_scaled_style_alone_may_start_from_itself(make_spec: MakeSpec, ihc: PictureFile) -> None:
    alone = {"content": None, "content_weight": 0.0, "content_layers": ()}
    start = make_spec(**alone, init="uniform")
    both = replace(start.terms[0], targets=(Target(ihc, 0.5), Target(ihc, 0.5)))
    other = replace(start.terms[0], targets=(Target(ihc, 1.0, scale=0.5),))
    at_style = replace(start.start, kind="style", picture=ihc)
    assert replace(start, terms=(other,), start=at_style).targets["style"].scale == 0.5
    with pytest.raises(UserError, match="the loss is 0 and has no gradient"):
        replace(start, terms=(both,), start=at_style)
