"""Choose the keys of a trade-off, the weight and the method, and measures that no compared loss minimises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real

import pandas as pd

from nst.metrics.table import BY_NAME, MEASURES, Measure
from nst.store.plan import Value

LADDERS = ("style_weight", "content_weight", "tv_weight", "steps")
"""Keys that a curve may run over, the first that varies before the others."""
FIRST_METHODS = ("style_loss", "content_loss")
CONTENT = ("content_fidelity", "gms_content", "ssim_content")
STYLE = ("global_effects", "global_effects_colours", "colour_distance_style", "spectrum_distance_style")
CONTENT_AXES = 2
"""Content is measured in this many ways, as one alone may be deceived."""
PICTURES = ("content", "style")
_NEVER = (*PICTURES, "style_shares", "seed", "repeat", "threads", "device")
"""Keys that are no method: pictures, seeds, and what changes nothing but times."""


@dataclass(frozen=True)
class LeftOut:
    """A measure that a trade-off leaves out, and the compared losses that minimise it; none if that is unknown."""

    measure: Measure
    losses: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """The keys and measures of a trade-off; `others`: varied keys that both methods share in a comparison."""

    over: str
    method: str
    others: tuple[str, ...]
    content: tuple[Measure, ...]
    style: tuple[Measure, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def axes(self) -> list[tuple[Measure, Measure]]:
        """Return all pairs of a measure of content kept and one of style met."""
        return [(x, y) for x in self.content for y in self.style]


def choose(
    frame: pd.DataFrame, constants: Mapping[str, Value], method: str | None = None, over: str | None = None
) -> Choice | None:
    """Choose what a sweep's trade-off shows; None unless a weight, a method and measures of both kinds are there.

    The weight is the first of `LADDERS` with two numbers or more. The method is the loss of the style if it varies,
    else that of the content, else the first other varied key. `method` and `over` name others.
    """
    varied = {key: values for key in frame.attrs["keys"] if len(values := distinct(frame, key)) > 1}
    over = over or next((key for key in LADDERS if _is_ladder(varied.get(key, ()))), None)
    methods = [*FIRST_METHODS, *(key for key in varied if key not in (*_NEVER, *FIRST_METHODS))]
    method = method or next((key for key in methods if key in varied and key != over), None)
    if over is None or method is None or not _is_ladder(varied.get(over, ())) or method not in varied or method == over:
        return None
    others = tuple(key for key in varied if key not in (over, method, *PICTURES, "repeat", "threads", "device"))
    losses = compared_losses(frame, constants, method)
    measured = [one for one in MEASURES if one.name in frame and frame[one.name].notna().any()]
    own = [LeftOut(one, found) for one in measured if (found := _own(one, losses)) is not None]
    fair = {one.name for one in measured} - {one.measure.name for one in own}
    content = [BY_NAME[name] for name in CONTENT if name in fair][:CONTENT_AXES]
    style = [BY_NAME[name] for name in STYLE if name in fair]
    if BY_NAME["global_effects"] in style:  # of which its colours are a part
        style = [one for one in style if one.name != "global_effects_colours"]
    return Choice(over, method, others, tuple(content), tuple(style), tuple(own)) if content and style else None


def compared_losses(frame: pd.DataFrame, constants: Mapping[str, Value], method: str) -> tuple[str, ...] | None:
    """Return the losses among the values of a method; None if methods differ in their losses without saying which.

    Of a method that is a key of a further loss, `losses.NAME.weight`, that loss.
    """
    if method.endswith("loss"):
        return tuple(str(value) for value in distinct(frame, method))
    if method.startswith("losses."):  # a further loss, of which another key than its name varies
        named = f"{method.rpartition('.')[0]}.loss"
        found = [*distinct(frame, named), constants.get(named)]
        return tuple(str(value) for value in found if value is not None) or None
    known = {*frame.attrs["keys"], *constants}
    return () if set(FIRST_METHODS) <= known else None


def distinct(frame: pd.DataFrame, key: str) -> list[Value]:
    """Return the different values of a key, in the order of the rows."""
    return list(dict.fromkeys(map(known, frame[key]))) if key in frame else []


def known(value: object) -> Value:
    """Return a cell's value; None for each kind of missing one."""
    return None if pd.isna(value) else value  # type: ignore[call-overload, return-value]


def is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_ladder(values: Sequence[Value]) -> bool:
    return len(values) > 1 and all(map(is_number, values))


def _own(measure: Measure, losses: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the compared losses that minimise a measure; None if there is none."""
    if losses is None:
        return () if measure.own else None
    return tuple(loss for loss in losses if loss in measure.own) or None
