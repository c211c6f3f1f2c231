"""The guides of a run in words, as in a plan's values: `left: picasso + right: facets (its top) x 2`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nst.store.styles import BETWEEN

_AFTER_MASK, _PART = ": ", " (its "
_CLOSER = {BETWEEN: "+", _AFTER_MASK: ":", _PART: " ("}
"""What separates the words, and what is written for it inside a picture's name."""
_AFTER_STYLE = re.compile(r"(?P<style>.*?)(?: \(its (?P<part>.*)\))?(?: x (?P<weight>[\d.e+-]+))?", re.DOTALL)
_WEIGHT = re.compile(r".* x [\d.e+-]+", re.DOTALL)


@dataclass(frozen=True)
class GuideNames:
    """The names of a guide's pictures: its mask, its style (`style` if it has none of its own), the style's mask."""

    mask: str
    style: str
    style_mask: str = ""
    weight: str = "1"

    def __str__(self) -> str:
        """Format `right: facets (its top) x 2`; a weight of 1 only if the words before it end like one."""
        mask, style, part = map(_apart, (self.mask, self.style, self.style_mask))
        words = f"{mask}{_AFTER_MASK}{style}" + (f"{_PART}{part})" if part else "")
        return f"{words} x {self.weight}" if self.weight != "1" or _WEIGHT.fullmatch(words) else words


def guides_text(guides: Iterable[GuideNames]) -> str:
    """Return the guides in words, in their order."""
    return BETWEEN.join(map(str, guides))


def read_guides(guides: str) -> list[GuideNames]:
    """Return the names in the words of `guides_text`; of other words, some are empty."""
    return [_read(one) for one in guides.split(BETWEEN)] if guides else []


def _read(guide: str) -> GuideNames:
    mask, _, rest = guide.partition(_AFTER_MASK)
    found = _AFTER_STYLE.fullmatch(rest)
    assert found is not None, "any text matches"
    return GuideNames(mask, found["style"], found["part"] or "", found["weight"] or "1")


def _apart(name: str) -> str:
    """Return a name without what separates the words: `a+b` for `a + b`."""
    for separator, closer in _CLOSER.items():
        name = name.replace(separator, closer)
    return name
