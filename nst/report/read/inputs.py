"""Look up a run's inputs by name: the key of the plan that each belongs to, and its display name."""

from collections.abc import Mapping

from nst.report import labels
from nst.spec.terms.names import guide_number, is_guide
from nst.store.guides import GuideNames, read_guides
from nst.store.plan import Value


def picture_key(name: str) -> str:
    """Return the key of an input: `style`, `guides` for `guide_1`, `losses.deep.picture` for `deep` and `deep[2]`."""
    owner, is_mask = _owner(name), is_mask_name(name)
    if name in ("content", "freeze") or owner == "style" and not is_mask:
        return owner
    if is_guide(owner) or name == "style.mask":
        return "guides"
    return "content_mask" if name == "content.mask" else f"losses.{owner}.{'mask' if is_mask else 'picture'}"


def is_mask_name(name: str) -> bool:
    """Return whether an input is a mask: `freeze`, `content.mask`, `guide_1.mask`, `guide_1.style_mask`."""
    return name == "freeze" or name.endswith((".mask", ".style_mask"))


def takes_style(name: str, values: Mapping[str, Value]) -> bool:
    """Return whether an input is the one named by `style`, as for a further loss or guide without its own."""
    if picture_key(name) in ("content", "style") or is_mask_name(name):
        return False
    given = values.get(picture_key(name))
    return given is None or (picture_key(name) == "guides" and _guide(name, str(given)).style == "style")


def input_name(name: str, values: Mapping[str, Value]) -> str:
    """Return an input's display name: the value of its key, for `guides` the relevant part; else its own name."""
    key = picture_key(name)
    given = values.get(key)
    if given is None:
        return name
    if key != "guides" or not isinstance(given, str):
        return labels.value(key, given)
    if name == "style.mask":
        return "the rest"
    names = _guide(name, given)
    found = names.mask if name.endswith(".mask") else names.style_mask if is_mask_name(name) else names.style
    return labels.value("style", values.get("style") or found) if found == "style" else found


def _owner(name: str) -> str:
    """Return the term of an input: `guide_1` for `guide_1.mask` and `guide_1[2]`."""
    return name.partition(".")[0].partition("[")[0]


def _guide(name: str, guides: str) -> GuideNames:
    """Return the names of the guide to which an input belongs; the whole text for each if there is no such guide."""
    number, found = guide_number(_owner(name)), read_guides(guides)
    return found[number - 1] if number is not None and number <= len(found) else GuideNames(guides, guides, guides)
