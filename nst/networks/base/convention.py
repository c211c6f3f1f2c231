"""Tell for which pixels the first kernels of a weights file are meant, if they are Simonyan and Zisserman's.

Their networks, and what was copied, rounded, fine-tuned or converted from them, share their first kernels; the bundled
file has those. Against it a kernel's order of channels shows, and its scale against that of its biases tells what one
unit of its input is: 1 grey level of 255 in Caffe, 58 after torchvision's normalisation, 255 for pixels in 0..1.

Of kernels that were trained anew, the numbers alone tell none of this: a network learns any order of channels, and how
large its biases are against its kernels depends on how it was trained. Those are taken for what their names say.
"""

from typing import TYPE_CHECKING

from nst.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

ALIKE = 0.9
"""Least cosine of kernels, and of biases, that are the same but for rounding and fine-tuning."""
NORMALISED = (8.0, 120.0)
"""Grey levels in one unit of a normalised input, which are 58: halfway, by their ratios, to 1 and to 255."""
FACTORS = {"0..255": "(58.4, 57.1, 57.4)", "0..1": "(0.229, 0.224, 0.225)", "steps of its deviation": ""}
"""Factors on the red, green and blue channels that turn a kernel for such pixels into one for normalised ones."""


def check_convention(weight: "Tensor", bias: "Tensor", caffe: "tuple[Tensor, Tensor]", name: str) -> None:
    """Refuse a first kernel (O, 3, 3, 3) of Simonyan and Zisserman that is not for RGB as torchvision normalises it.

    `caffe`: their own first kernel and biases, for BGR in 0..255. `name`: of the file, for the message.
    """
    kernel, biases = caffe
    if weight.shape != kernel.shape:
        return
    likeness = {"BGR": _cosine(weight, kernel), "RGB": _cosine(weight, kernel.flip(1))}
    order = max(likeness, key=lambda order: likeness[order])
    if likeness[order] < ALIKE:
        return
    pixels = _pixels(weight, bias, kernel, biases)
    if order == "RGB" and not FACTORS[pixels]:
        return
    steps = ["reverse its channels"] if order == "BGR" else []
    steps += [f"multiply them by {FACTORS[pixels]}"] if FACTORS[pixels] else []
    raise UserError(
        f"weights={name}: 'features.0.weight' is Simonyan and Zisserman's for {order} in {pixels}, not for RGB "
        f"as torchvision normalises it; use weights=bundled with vgg19, or {', then '.join(steps)}"
    )


def _pixels(weight: "Tensor", bias: "Tensor", kernel: "Tensor", biases: "Tensor") -> str:
    """Return for which pixels a kernel is meant that is `kernel` scaled, whatever the common factor with its biases.

    If its biases are others, the factor is unknown, and the pixels are those that the file's layout promises.
    """
    least, most = NORMALISED
    levels = float(weight.norm() / kernel.norm() / (bias.norm() / biases.norm()))
    if _cosine(bias, biases) < ALIKE or least < levels < most:
        return "steps of its deviation"
    return "0..255" if levels <= least else "0..1"


def _cosine(one: "Tensor", other: "Tensor") -> float:
    return float((one * other).sum() / (one.norm() * other.norm()).clamp(min=1e-30))
