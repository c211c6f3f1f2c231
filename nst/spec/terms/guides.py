"""Convert the keys about masks to records: `guides` to terms, `content_mask` and `freeze` to masks."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any

from nst import losses
from nst.errors import UserError, did_you_mean
from nst.networks.base.masks import PROPAGATIONS
from nst.pictures.masks import SHAPES
from nst.spec.check import check_choice, check_keys, check_weight
from nst.spec.records import Mask, Picture, PictureFile, Term
from nst.spec.schema import Config, GuideConfig
from nst.spec.terms.names import guide_name
from nst.typed_values import number

NOT = "not "
"""The prefix of an inverted mask's name."""
Find = Callable[[str, str], Picture]
Style = Callable[[Config, Find], Term | None]
"""Returns the term of the style for a configuration."""


def style_terms(config: Config, style: Style, find: Find) -> list[Term]:
    """Return the term of the style, or with guides one per region: `guide_1`, `guide_2`, ..., `style` for the rest.

    The style weight is divided by the number of regions (Gatys et al. 2017).
    """
    check_choice("guides_rest", config.guides_rest, ("none", "style"))
    check_choice("propagation", config.propagation, PROPAGATIONS)
    guides = _guides(config)
    if not guides:
        return [term for term in (style(config, find),) if term is not None]
    count = len(guides) + (config.guides_rest == "style")
    regions = [_region(config, number, guide, style, find) for number, guide in enumerate(guides, 1)]
    if config.guides_rest == "style":
        union = tuple(_part(term.mask) for term in regions if term.mask)
        regions.append(_masked(_styled(config, style, find), Mask(union, True, _propagation(config)), "guides"))
    found = [replace(term, weight=term.weight / count) for term in regions if term.weight]
    if not found:
        raise UserError("guides: every weight is 0; use style_weight=0 and no guides")
    return found


def with_mask(term: Term | None, value: Any, key: str, config: Config, find: Find) -> Term | None:
    """Return a term with the mask that `key=value` names, if any."""
    if value is None:
        return term
    mask = make_mask(value, key, config, find)
    if term is None:
        why = "its weight is 0 or its layers are none"
        raise UserError(f"{key}={value}: there is no {key.partition('_')[0]} loss to mask; {why}")
    return _masked(term, replace(mask, propagation=_propagation(config)), key)


def make_mask(value: Any, key: str, config: Config, find: Find) -> Mask:
    """Return the mask that `key=value` names: a picture or a shape, inverted after `not`."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
        raise UserError(f"{key}={value}: must be a picture or one of {', '.join(SHAPES)}")
    name = str(value).strip()
    meant = name.removeprefix(NOT).strip()
    return Mask((_picture(meant, key, config, find),), True if name.startswith(NOT) else None)


def _picture(name: str, key: str, config: Config, find: Find) -> PictureFile | str:
    if (shape := config.pictures.get(name, name)) in SHAPES:
        return shape
    try:
        found = find(key, name)
    except UserError as error:
        if get_close_matches(name, SHAPES, n=1):
            raise UserError(f"{key}={name}: unknown{did_you_mean(name, SHAPES)}") from None
        raise UserError(f"{error} (a mask is also one of {', '.join(SHAPES)})") from None
    assert isinstance(found, PictureFile)
    return found


def _guides(config: Config) -> list[GuideConfig]:
    given = [] if config.guides is None else config.guides
    if not isinstance(given, list | tuple):
        raise UserError(f"guides={given}: must be a list such as [{{mask:left,style:coffee}},{{mask:right}}]")
    return [_guide(guide_name(number), values) for number, values in enumerate(given, 1)]


def _guide(name: str, values: Any) -> GuideConfig:
    if not isinstance(values, Mapping):
        raise UserError(f"guides: {name}={values}: must have keys, such as {{mask:left,style:coffee}}")
    check_keys([str(key) for key in values], [field.name for field in fields(GuideConfig)], f"{name}.")
    guide = GuideConfig(**values)
    if guide.mask is None:
        raise UserError(f"{name}.mask: is missing; give a picture or one of {', '.join(SHAPES)}")
    check_weight(f"{name}.weight", number(guide.weight, f"{name}.weight"))
    return guide


def _region(config: Config, count: int, guide: GuideConfig, style: Style, find: Find) -> Term:
    name, own = guide_name(count), config
    if guide.style is not None:
        if isinstance(guide.style, bool) or not isinstance(guide.style, str | int | float):
            raise UserError(f"{name}.style={guide.style}: must be a picture")
        own = replace(config, style=str(guide.style), style_shares=None)

    def find_own(key: str, picture: str) -> Picture:
        return find(f"{name}.style" if key == "style" and guide.style is not None else key, picture)

    term = replace(_styled(own, style, find_own), name=name)
    propagation = _propagation(config)
    mask = make_mask(guide.mask, f"{name}.mask", config, find)
    if guide.style_mask is not None:
        part = replace(make_mask(guide.style_mask, f"{name}.style_mask", config, find), propagation=propagation)
        term = replace(term, targets=tuple(replace(target, mask=part) for target in term.targets))
    return replace(
        _masked(term, replace(mask, propagation=propagation), "guides"), weight=term.weight * float(guide.weight)
    )


def _styled(config: Config, style: Style, find: Find) -> Term:
    term = style(config, find)
    if term is None:
        raise UserError("guides: need the style loss, which is off (style_weight=0 or style_layers=none)")
    return term


def _masked(term: Term, mask: Mask, key: str) -> Term:
    if not losses.find(term.loss).takes_mask:
        fitting = [name for name in losses.names() if losses.find(name).takes_mask]
        raise UserError(f"{key}: the loss {term.loss} takes no mask; those that do are {', '.join(fitting)}")
    return replace(term, mask=mask)


def _part(mask: Mask) -> PictureFile | Mask | str:
    """Return a mask as a part of another one."""
    return replace(mask, propagation=None) if mask.inverted else mask.parts[0]


def _propagation(config: Config) -> str | None:
    return None if config.propagation == "simple" else config.propagation
