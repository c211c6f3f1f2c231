"""Load what a run begins with: pictures and masks at its size, the start, and the objective built on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from PIL.Image import Image
from torch import Tensor

from nst import colours
from nst.objective.frozen import Frozen, frozen_part
from nst.objective.objective import DTYPES, Objective, build_objective
from nst.objective.reference import Reference
from nst.objective.unit import InUnits, unit_of, with_unit
from nst.optimizer.enlarge import enlarged_picture
from nst.pictures.load import centre_crop, full_image, resized
from nst.pictures.tensors import noise, to_tensor
from nst.spec.masks import FREEZE, mask_images
from nst.spec.records import Spec
from nst.spec.sizes.shapes import entering_shape, result_shape


@dataclass(frozen=True)
class Inputs:
    """The pictures of a run: resized, 8 bit, by their names in `Spec.pictures`; `start`: (1, 3, H, W) in [0, 1].

    They have the colours in which they enter the objective; see `nst.colours`. For a run of several scales, the
    pictures are those of the last scale, and the start is that of the first. `masks`: mode L, each in the shape of its
    picture, by their names in `nst.spec.masks`.
    """

    pictures: Mapping[str, Image]
    start: Tensor
    masks: Mapping[str, Image] = field(default_factory=dict)

    @property
    def images(self) -> dict[str, Image]:
        """Pictures and masks by name."""
        return {**self.pictures, **self.masks}


def load_inputs(spec: Spec, before: Tensor | None = None) -> Inputs:
    """Read and resize all pictures and masks for the last scale, and make the start.

    The result has the shape of `spec.frame`; a picture that only starts a run is cropped to it. A target with a scale
    of its own enters at that multiple of the size. If there was a scale before, the start is its picture, `before`,
    enlarged, except for frozen pixels: those are taken from the start of a run of this size.
    """
    resize = spec.resize or "lanczos"
    wanted = {name: full_image(picture) for name, picture in spec.pictures.items() if name != "init"}
    pictures = {name: resized(image, *entering_shape(spec, name), resize) for name, image in wanted.items()}
    height, width = result_shape(spec)
    pictures = colours.entering(spec, pictures)
    masks = mask_images(spec, {name: image.size for name, image in pictures.items()})
    start = _start(spec, pictures, height, width) if before is None else enlarged_picture(before, (height, width))
    if before is not None and FREEZE in masks:
        start = start.lerp(_start(spec, pictures, height, width).to(start), frozen_part(masks[FREEZE], start))
    return Inputs(pictures, start, masks)


def recorded(spec: Spec, inputs: Inputs) -> Inputs:
    """Return the inputs of the last scale with the start of the first."""
    return inputs if len(spec.scales) == 1 else replace(inputs, start=load_inputs(spec.at(0)).start)


def _start(spec: Spec, pictures: Mapping[str, Image], height: int, width: int) -> Tensor:
    if spec.start.kind == "content":
        return to_tensor(pictures["content"])
    if spec.start.picture is not None:
        name = "init" if spec.start.kind == "picture" else spec.start.kind
        cropped = centre_crop(full_image(spec.start.picture), height, width, spec.resize or "lanczos")
        return to_tensor(colours.entered(spec, name, cropped))
    return colours.started(spec, noise(spec.start.kind, height, width, spec.start.seed))


def set_up(spec: Spec, inputs: Inputs) -> tuple[Tensor, Objective | Reference | Frozen | InUnits]:
    """Return the starting picture on the device, and the objective with its targets, as the optimizer needs it."""
    wide = torch.float64 if DTYPES[spec.precision] == torch.float64 else torch.float32
    start = inputs.start.to(spec.runtime.device, wide, copy=True)
    unit = unit_of(spec)
    objective = build_objective(with_unit(spec, unit), spec.precision, inputs.images, (start.shape[2], start.shape[3]))
    return start, objective if unit == 1 else InUnits(objective, unit)
