"""Describe a run's guides and masks as plain values, by the names that the user gave."""

from collections.abc import Callable, Mapping
from typing import Any

from nst.spec.records import Spec, Term
from nst.spec.schema import Config
from nst.spec.terms.guides import NOT
from nst.spec.terms.names import is_guide
from nst.store.guides import GuideNames, guides_text
from nst.store.plan import Value

Shown = Callable[[str], str]
"""Returns the name to show for a picture's name."""


def mask_values(config: Config, spec: Spec, shown: Shown) -> dict[str, Value]:
    """Return the keys of guides and masks; None if they play no part."""
    has_guides = guide(spec, "style") is not None
    has_layers = any(term.has_mask for term in spec.terms)
    further = {f"losses.{name}.mask": given["mask"] for name, given in config.losses.items() if given.get("mask")}
    return {
        "guides": guides_text(_guide(each, shown) for each in config.guides) if has_guides else None,
        "guides_rest": config.guides_rest if has_guides else None,
        "content_mask": _mask(config.content_mask, shown),
        "freeze": _mask(config.freeze, shown),
        "propagation": config.propagation if has_layers else None,
        **{key: _mask(given, shown) for key, given in further.items()},
    }


def guide(spec: Spec, kind: str) -> Term | None:
    """Return the first guide of a spec; None if there is none, or if `kind` is not `style`."""
    return next((term for term in spec.terms if kind == "style" and is_guide(term.name)), None)


def takes_style(config: Config) -> bool:
    """Return whether a guide names no style of its own."""
    return any(guide.get("style") is None for guide in config.guides or ())


def _guide(given: Mapping[str, Any], shown: Shown) -> GuideNames:
    style = "style" if given.get("style") is None else shown(str(given["style"]))
    mask, part = (_mask(given.get(key), shown) or "" for key in ("mask", "style_mask"))
    return GuideNames(mask, style, part, f"{float(given.get('weight', 1)):g}")


def _mask(given: Any, shown: Shown) -> str | None:
    if given is None:
        return None
    name = str(given).strip()
    return NOT * name.startswith(NOT) + shown(name.removeprefix(NOT).strip())
