"""The records a `Spec` is made of: picture files, a blend, and the two optimizers with their settings."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PictureFile:
    """A picture file that exists; `sha256` is of its bytes. Copies of one file are equal, wherever they lie."""

    path: str = field(compare=False)
    sha256: str


@dataclass(frozen=True)
class Blend:
    """A Poisson blend as the content picture; `mask` None stands for the largest ellipse in the source."""

    source: PictureFile
    mask: PictureFile | None
    target: PictureFile
    offset: tuple[int, int]
    mode: str


@dataclass(frozen=True)
class Lbfgs:
    """L-BFGS with a fixed step: `clamp` is `projected`, `closure` or `none`; a tolerance or a largest step of 0 is off.

    `max_step` (root mean square over pixels, in units of the picture's range) and `project_gradient` belong to
    `clamp=projected` and are off with any other clamp.
    """

    lr: float = 1.0
    history: int = 100
    clamp: str = "projected"
    tolerance_grad: float = 0.0
    tolerance_change: float = 0.0
    history_dtype: str = "fp32"
    max_step: float = 0.03
    project_gradient: bool = True
    name: str = "lbfgs"


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma and Ba 2015), every point clamped to [0, 1]."""

    lr: float = 0.02
    beta1: float = 0.9
    beta2: float = 0.999
    name: str = "adam"


OPTIMIZERS: dict[str, type[Lbfgs] | type[Adam]] = {"lbfgs": Lbfgs, "adam": Adam}
