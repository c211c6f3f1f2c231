"""Name the masks of a spec, bring them to its layers, and check them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL.Image import Image

from nst import networks
from nst.errors import UserError
from nst.networks.base.architecture import Architecture
from nst.networks.base.masks import propagate
from nst.pictures.load import full_image
from nst.pictures.masks import WHITE, files, has_aspect, mask_image
from nst.spec.records import Mask, Spec, Term, target_names
from nst.spec.sizes.shapes import entering_shape
from nst.spec.terms.names import is_guide

FREEZE = "freeze"
LEAST = 0.5
"""A mask whose largest value at a layer is below this is empty there."""


class Placed(NamedTuple):
    """A mask, and the name in `Spec.pictures` of the picture whose shape it has."""

    mask: Mask
    picture: str


def result_mask(term: Term) -> str:
    """Return the name of the mask of the part of the result in which a term counts."""
    return f"{term.name}.mask"


def target_mask(target: str) -> str:
    """Return the name of the mask of a target, by the target's name."""
    return f"{target}.style_mask"


def mask_key(name: str) -> str:
    """Return the configuration key of a mask by its name."""
    owner = name.partition(".")[0]
    if name == FREEZE or is_guide(owner):
        return name
    return {"content": "content_mask", "style": "guides_rest"}.get(owner, f"losses.{owner}.mask")


def masks(spec: Spec) -> dict[str, Placed]:
    """Return the masks of a spec by name: `guide_1.mask`, `guide_1.style_mask`, `content.mask`, `freeze`, ..."""
    found = {}
    for term in spec.terms:
        if term.mask is not None:
            found[result_mask(term)] = Placed(term.mask, spec.frame)
        for name, target in zip(target_names(term), term.targets, strict=True):
            if target.mask is not None:
                found[target_mask(name)] = Placed(target.mask, name)
    return found | ({FREEZE: Placed(spec.freeze, spec.frame)} if spec.freeze is not None else {})


def mask_images(spec: Spec, sizes: Mapping[str, tuple[int, int]]) -> dict[str, Image]:
    """Return the masks of a spec, mode L; `sizes`: (width, height) of its fitted pictures by name."""
    found = {}
    for name, (mask, picture) in masks(spec).items():
        width, height = sizes[picture]
        found[name] = mask_image(mask, height, width)
    return found


@dataclass(frozen=True)
class LayerMask:
    """A mask at the layers at which it is not empty, (h, w) in [0, 1]; None if all positions count alike.

    `image` and `propagation`: the source of the mask, None if there is no mask.
    """

    at: Mapping[str, np.ndarray | None]
    image: Image | None = None
    propagation: str | None = None


class TermMasks(NamedTuple):
    """The layers at which no mask of a term is empty, and its masks: on the result, and on each target."""

    layers: tuple[str, ...]
    own: LayerMask
    targets: tuple[LayerMask, ...]


def term_masks(term: Term, images: Mapping[str, object], architecture: Architecture) -> TermMasks:
    """Return the masks of a term at its layers; `images`: masks by name."""
    own = _layer_mask(term, term.mask, images.get(result_mask(term)), architecture)
    pairs = zip(target_names(term), term.targets, strict=True)
    targets = tuple(_layer_mask(term, t.mask, images.get(target_mask(name)), architecture) for name, t in pairs)
    layers = tuple(layer for layer in term.layers if all(layer in mask.at for mask in (own, *targets)))
    return TermMasks(layers, own, targets)


def _layer_mask(term: Term, mask: Mask | None, image: object, architecture: Architecture) -> LayerMask:
    if mask is None:
        return LayerMask(dict.fromkeys(term.layers))
    assert isinstance(image, Image)
    levels = np.asarray(image)
    if levels.min() == levels.max() > 0:
        return LayerMask(dict.fromkeys(term.layers))
    found = propagate(levels / 255, architecture, term.layers, mask.propagation or "simple")
    at = {layer: each for layer, each in found.items() if each.size and each.max() >= LEAST}
    return LayerMask(at, image, mask.propagation)


def check_masks(spec: Spec) -> None:
    """Refuse masks that are black, unseen by all layers, or of another shape than their pictures; and freezing all."""
    _check_aspects(spec)
    images = mask_images(spec, _sizes(spec))
    for name, image in images.items():
        if not np.asarray(image).any():
            if name == "style.mask":
                raise UserError("guides_rest=style: the guides leave no rest; use guides_rest=none")
            raise UserError(f"{mask_key(name)}: the mask is black everywhere, so it selects nothing")
    if FREEZE in images and np.asarray(images[FREEZE]).min() == 255:
        raise UserError(f"{FREEZE}: the mask is white everywhere, so nothing would move")
    architecture = networks.architecture(spec.network.name)
    for term in spec.terms:
        if term.layers and not term_masks(term, images, architecture).layers:
            raise UserError(
                f"{_words(term)}: no position of the mask is half white or more at {', '.join(term.layers)}; "
                "use a larger region, shallower layers or a larger size"
            )


def mask_remarks(spec: Spec) -> list[str]:
    """Return lines on masks from files that are white, and on terms whose mask is empty at a layer, at any size."""
    if not masks(spec):
        return []
    if len(spec.scales) == 1:
        return _white(spec) + _empty(spec)
    each = {scale.size: _empty(spec.at(number)) for number, scale in enumerate(spec.scales)}
    return _white(spec) + [f"{line}, at {size} pixels" for size, lines in each.items() for line in lines]


def _white(spec: Spec) -> list[str]:
    images, told = mask_images(spec, _sizes(spec)), "so it selects all (what is transparent counts as white)"
    given = [name for name, (mask, _) in masks(spec).items() if any(files(mask))]
    white = [name for name in given if np.asarray(images[name]).min() == WHITE]
    return [f"{mask_key(name)}: the mask is white everywhere, {told}" for name in white]


def _empty(spec: Spec) -> list[str]:
    images, architecture, lines = mask_images(spec, _sizes(spec)), networks.architecture(spec.network.name), []
    for term in spec.terms:
        left = term_masks(term, images, architecture).layers
        if without := [layer for layer in term.layers if layer not in left]:
            lines.append(f"{_words(term)}: the mask is empty at {', '.join(without)}, so it has no loss there")
    return lines


def _words(term: Term) -> str:
    """Return what the user calls a masked term: `guide_1`, `guides_rest`, `content_mask`, `losses.deep.mask`."""
    return term.name if is_guide(term.name) else mask_key(result_mask(term))


def _check_aspects(spec: Spec) -> None:
    for name, (mask, picture) in masks(spec).items():
        expected = full_image(spec.pictures[picture]).size
        for size in (full_image(file).size for file in files(mask)):
            if not has_aspect(size, expected):
                raise UserError(
                    f"{mask_key(name)}: the mask is {size[0]} x {size[1]}, which is not the shape of its picture "
                    f"({picture}), {expected[0]} x {expected[1]}"
                )


def _sizes(spec: Spec) -> dict[str, tuple[int, int]]:
    """Return (width, height) of the fitted pictures at the last size."""
    shapes = {name: entering_shape(spec, name) for name in spec.pictures}
    return {name: (width, height) for name, (height, width) in shapes.items()}
