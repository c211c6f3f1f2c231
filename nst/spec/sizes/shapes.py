"""The pixels of a run: the shape of its result, and those at which its pictures enter."""

from nst import losses
from nst.pictures.load import fitted_shape, full_image, scaled_size, shape_of_long
from nst.spec.records import Picture, Spec


def result_shape(spec: Spec) -> tuple[int, int]:
    """Return (height, width) of a run's result in pixels."""
    return shape_like_result(spec, spec.pictures[spec.frame])


def shape_like_result(spec: Spec, picture: Picture) -> tuple[int, int]:
    """Return (height, width) of a picture at the size of the result."""
    size, own = spec.scales[-1], full_image(picture).size
    return fitted_shape(*own, size.size) if size.long is None else shape_of_long(*own, size.long)


def entering_shape(spec: Spec, name: str) -> tuple[int, int]:
    """Return (height, width) at which a picture of `Spec.pictures` enters; it has the size of the result if that is
    compared with it position by position, and otherwise the shorter side of the size alone counts.
    """
    picture = spec.pictures[name]
    if name == "content" or _is_compared_by_position(spec, name):
        return shape_like_result(spec, picture)
    own, target = full_image(picture).size, spec.targets.get(name)
    return fitted_shape(*own, scaled_size(spec.size, target.scale if target else None, *own))


def _is_compared_by_position(spec: Spec, name: str) -> bool:
    term = spec.term(name.partition("[")[0])
    return term is not None and losses.find(term.loss).same_shape
