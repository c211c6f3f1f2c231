"""Guides and masks as terms: one a region, each wrong key in a line."""

from collections.abc import Callable
from typing import Any

import pytest

from nst import losses
from nst.errors import UserError
from nst.objective.layer_losses import WholeLoss
from nst.spec.records import Mask, Spec, Target
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.spec.signature import from_dict, signature, to_dict
from spec.terms.test_make import find, terms

LEFT, RIGHT = {"mask": "left", "style": "coffee"}, {"mask": "right"}


def test_each_region_is_a_term_with_its_part_of_the_weight() -> None:
    """1e6 times 1 and times 2, each over three regions, the rest being the third."""
    content, first, second, rest = terms(guides=[LEFT, {**RIGHT, "weight": 2}], guides_rest="style")
    assert [content.name, first.name, second.name, rest.name] == ["content", "guide_1", "guide_2", "style"]
    assert (first.weight, second.weight, rest.weight) == (1e6 / 3, 2e6 / 3, 1e6 / 3)
    assert (first.mask, second.mask) == (Mask(("left",)), Mask(("right",)))
    assert rest.mask == Mask(("left", "right"), inverted=True)
    assert first.targets == (Target(find("guide_1.style", "coffee")),)
    assert second.targets == rest.targets == (Target(find("style", "nocturne")),)
    assert first.layers == rest.layers == tuple(f"conv_{number}" for number in range(1, 6))


def test_masks_are_pictures_too_and_may_be_inverted() -> None:
    sky = find("guide_1.mask", "sky.png")
    (guide,) = terms(guides=[{"mask": "not sky.png", "style_mask": "top"}], propagation="inside")[1:]
    assert guide.mask == Mask((sky,), True, "inside")
    assert guide.targets[0].mask == Mask(("top",), None, "inside")
    (_, rest) = terms(guides=[{"mask": "not sky.png"}], guides_rest="style")[1:]
    assert rest.mask == Mask((Mask((sky,), True),), True)


def test_other_terms_have_masks() -> None:
    content, _, deep = terms(content_mask="ellipse", losses={"deep": {"loss": "gram", "mask": "left"}})
    assert (content.mask, deep.mask) == (Mask(("ellipse",)), Mask(("left",)))


def test_a_guide_of_weight_0_is_no_term_but_a_region() -> None:
    (second,) = terms(guides=[{**LEFT, "weight": 0}, RIGHT])[1:]
    assert (second.name, second.weight) == ("guide_2", 5e5)


def test_without_guides_nothing_changes() -> None:
    assert terms(guides=[], guides_rest="style", propagation="inside") == terms() == terms(guides=None)


class Whole(WholeLoss):
    def distance(self, found: Any, target: Any) -> Any: ...


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"guides": "left"}, "^guides=left: must be a list such as"),
        ({"guides": {"mask": "left"}}, "^guides=.*: must be a list such as"),
        ({"guides": ["left"]}, "^guides: guide_1=left: must have keys, such as {mask:left"),
        ({"guides": [LEFT, {"maks": "left"}]}, "^unknown key 'guide_2.maks'; did you mean 'mask'"),
        ({"guides": [{"style": "coffee"}]}, "^guide_1.mask: is missing; give a picture or one of left, right"),
        ({"guides": [{"mask": True}]}, "^guide_1.mask=True: must be a picture or one of left"),
        ({"guides": [{"mask": " "}]}, "^guide_1.mask= : must be a picture"),
        ({"guides": [{"mask": "left", "style": ["a"]}]}, "^guide_1.style=.*: must be a picture"),
        ({"guides": [{**LEFT, "weight": -1}]}, "^guide_1.weight=-1.0: must be a finite number, 0 or more"),
        ({"guides": [{**LEFT, "weight": "much"}]}, "^guide_1.weight=much: must be a number"),
        ({"guides": [{**LEFT, "weight": 0}]}, "^guides: every weight is 0"),
        ({"guides": [LEFT], "style_weight": 0}, "^guides: need the style loss, which is off"),
        ({"guides": [LEFT], "style_layers": "none"}, "^guides: need the style loss, which is off"),
        ({"guides": [LEFT], "guides_rest": "styl"}, "^guides_rest=styl: unknown; did you mean 'style'"),
        ({"propagation": "insid"}, "^propagation=insid: unknown; did you mean 'inside'"),
        ({"content_mask": "left", "content_weight": 0}, "^content_mask=left: there is no content loss to mask"),
        ({"losses": {"guide_2": {"loss": "gram"}}}, "^losses.guide_2: name a further loss"),
        (
            {"losses": {"edges": {"loss": "tv", "mask": "left"}}},
            "^losses.edges.mask: the loss tv takes no mask; .* gram",
        ),
    ],
)
def test_what_is_wrong_is_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message) as refused:
        terms(**changes)
    assert "\n" not in str(refused.value)


def test_a_loss_that_takes_no_mask_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(losses.PLUGINS.added, "whole", Whole)
    with pytest.raises(UserError, match="^guides: the loss whole takes no mask; those that do are .*gram"):
        terms(guides=[LEFT], style_loss="whole")
    monkeypatch.setattr(Whole, "same_shape", True)
    with pytest.raises(UserError, match="^content_mask: the loss whole takes no mask"):
        terms(content_mask="left", content_loss="whole")


def masked(config: Callable[..., Config], **changes: Any) -> Spec:
    return resolve(config(guides=[LEFT, RIGHT], **changes))


def test_masks_count_in_the_signature_and_are_read_back(config: Callable[..., Config]) -> None:
    """Every mask, its inversion and its propagation; those of other names in their order."""
    specs = [
        resolve(config()),
        masked(config),
        masked(config, guides_rest="none", propagation="inside"),
        masked(config, content_mask="ellipse"),
        masked(config, freeze="top"),
        masked(config, freeze="not top"),
        resolve(config(guides=[{**LEFT, "style_mask": "top"}, RIGHT])),
        resolve(config(guides=[LEFT, RIGHT, {"mask": "not ellipse"}])),
    ]
    assert len({signature(spec) for spec in specs}) == len(specs)
    assert [from_dict(to_dict(spec)) for spec in specs] == specs
