"""Tell which pictures stand for those of the write-up."""

from collections.abc import Mapping
from dataclasses import dataclass

from nst.report import labels
from nst.site.chapter import Chapter

PICTURES = {
    "Wally": ("content_layers", "content"),
    "Dancing": ("weight_ratios", "content"),
    "The Scream": ("style_layers", "style"),
    "Frida Kahlo": ("grid_content", "style"),
    "Picasso": ("weight_ratios", "style"),
    "Impression Sunrise": ("blending", "style"),
    "the blend": ("blending", "content"),
}
"""For each picture of the write-up, the sweep and key whose first value tells which picture stands for it."""


@dataclass(frozen=True)
class Pictures:
    """Pairs of a picture of the write-up and what was used for it, if that is known."""

    pairs: tuple[tuple[str, str], ...]

    @property
    def same_names(self) -> tuple[str, ...]:
        """Pictures of the write-up for which one of the same name was used."""
        return tuple(theirs for theirs, ours in self.pairs if _plain(theirs) == _plain(ours))

    @property
    def replaced(self) -> tuple[tuple[str, str], ...]:
        """The other pictures, and what was used in place of each."""
        return tuple((theirs, ours) for theirs, ours in self.pairs if theirs not in self.same_names)


def read(chapters: Mapping[str, Chapter]) -> Pictures:
    """Read from the plans, by sweep, what stands for each picture."""
    found = ((theirs, _picture(chapters.get(sweep), key)) for theirs, (sweep, key) in PICTURES.items())
    return Pictures(tuple((theirs, ours) for theirs, ours in found if ours))


def _picture(chapter: Chapter | None, key: str) -> str:
    plan = chapter.plan if chapter else None
    if plan is None:
        return ""
    first = plan.constants[key] if key in plan.constants else next((run.values.get(key) for run in plan.runs), None)
    return "" if first is None else labels.value(key, first)


def _plain(name: str) -> str:
    return name.lower().replace(" ", "_")
