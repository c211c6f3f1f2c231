"""The frozen records that describe one run. No torch, no files: names, hashes and numbers alone.

A part that is not used is absent (None or an empty tuple), and absent parts are not signed; see `nst.spec.signature`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nst.networks.base.weights import WeightsFile
from nst.pictures.find import Blend as Blend
from nst.pictures.find import Mask as Mask
from nst.pictures.find import Picture as Picture
from nst.pictures.find import PictureFile as PictureFile
from nst.spec.check import check

Value = str | int | float | bool | None | tuple["Value", ...]


@dataclass(frozen=True)
class Target:
    """A picture that a term compares with; the weights of a term's targets sum to 1. `mask`: which part of it counts.

    `scale`: the picture enters at this multiple of the run's size, at most at its own; None stands for 1.
    """

    picture: Picture
    weight: float = 1.0
    scale: float | None = None
    mask: Mask | None = None


@dataclass(frozen=True)
class Term:
    """A weighted loss: at `layers`, sorted by depth, with a weight each, against `targets`; a picture loss has neither.

    `loss`: a name in `nst.losses`; `version`: from `nst.losses.version`; `settings`: sorted pairs; `mask`: which part
    of the result counts.
    """

    name: str
    loss: str
    weight: float
    layers: tuple[str, ...] = ()
    layer_weights: tuple[float, ...] = ()
    targets: tuple[Target, ...] = ()
    settings: tuple[tuple[str, Value], ...] = ()
    version: str | None = None
    mask: Mask | None = None

    @property
    def has_mask(self) -> bool:
        """Return whether a part of the result, or of a target, counts alone."""
        return self.mask is not None or any(target.mask is not None for target in self.targets)


@dataclass(frozen=True)
class Scale:
    """`steps` evaluations with `size` pixels on the picture's shorter side.

    `long`: pixels on the result's longer side, None if they are those that `size` gives.
    """

    size: int
    steps: int
    long: int | None = None


@dataclass(frozen=True)
class Start:
    """The starting picture: noise (`uniform`, `gaussian`) from a seed, or a picture (`content`, `style`, `picture`)."""

    kind: str
    seed: int = 0
    picture: Picture | None = None


@dataclass(frozen=True)
class NetworkRef:
    """A network by its name in `nst.networks`, its weights, its pooling, and `Architecture.signed`.

    `padding`: `replicate` at the first convolution, None for zeros. `pooling_scale`: a factor on each pooling's output.
    `normalise`: the crops over which each layer's mean activation is brought to 1, as `crops_name` gives them.
    """

    name: str
    weights: WeightsFile
    pooling: str = "max"
    version: str | None = None
    padding: str | None = None
    pooling_scale: float | None = None
    normalise: str | None = None


@dataclass(frozen=True)
class Preconditioner:
    """The inverse Hessian that L-BFGS starts from: proportional to f^-exponent at spatial frequency f.

    `kind`: `fourier`, with FFTs; `pyramid`, about so, with a pyramid of halved pictures; `adaptive`, so until
    there is a pair, then by the curvature of each octave.
    """

    kind: str
    exponent: float = 1.0


@dataclass(frozen=True)
class Lbfgs:
    """L-BFGS with a fixed step: `clamp` is `projected`, `closure` or `none`; a tolerance or a largest step of 0 is off.

    `max_step` (root mean square over pixels, in units of the picture's range) and `project_gradient` belong to
    `clamp=projected` and are off with any other clamp. `preconditioner`: None stands for `none`. `first_step`: that of
    the first step, measured as `max_step` is; with it, nothing depends on the unit of the loss. None: torch's rules.
    """

    lr: float = 1.0
    history: int = 100
    clamp: str = "projected"
    tolerance_grad: float = 0.0
    tolerance_change: float = 0.0
    history_dtype: str = "fp32"
    max_step: float = 0.03
    project_gradient: bool = True
    preconditioner: Preconditioner | None = None
    first_step: float | None = None
    name: str = "lbfgs"

    @property
    def is_unit_free(self) -> bool:
        """Return whether the loss may have any unit."""
        return self.first_step is not None


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma and Ba 2015), every point clamped to [0, 1]; `average`: decay of their mean, None is off.

    `relative_epsilon`: epsilon as a fraction of the root mean square of the second moments' square roots, so that
    nothing depends on the unit of the loss. None: 1e-8, absolute.
    """

    lr: float = 0.02
    beta1: float = 0.9
    beta2: float = 0.999
    average: float | None = None
    relative_epsilon: float | None = None
    name: str = "adam"

    @property
    def is_unit_free(self) -> bool:
        """Return whether the loss may have any unit."""
        return self.relative_epsilon is not None


Optimizer = Lbfgs | Adam
OPTIMIZERS: dict[str, type[Lbfgs] | type[Adam]] = {"lbfgs": Lbfgs, "adam": Adam}


@dataclass(frozen=True)
class Runtime:
    """Settings that do not define the picture; none is signed here (see `Spec.timed_threads`).

    `measure`: `true`, or `patches` with LP, if the run is measured at its end (`nst.metrics.table`); None if not.
    """

    device: str = "cpu"
    threads: int = 1
    deterministic: bool = False
    frames_every: int = 0
    checkpoint_every: int = 0
    trace_every: int = 1
    measure: str | None = None


@dataclass(frozen=True)
class Spec:
    """One run, fully resolved. `scales` go from coarse to fine; `resize` names a filter, None stands for Lanczos.

    `colours`: how the content's colours are kept, see `nst.colours`; None stands for `as_is`. `balance`: `total` or
    `layers`, see `nst.objective.balance`; None stands for `none`.
    `carry`: False if Adam's moments start anew at each scale; None if they are carried over, or there are none.
    `freeze`: pixels that are white in it keep their starting values. `timed_threads`, `timed_device`: those of
    `runtime` if they are signed, as in a sweep that varies them; None if not.
    """

    terms: tuple[Term, ...]
    scales: tuple[Scale, ...]
    start: Start
    network: NetworkRef
    optimizer: Optimizer
    keep: str = "last"
    precision: str = "fp32"
    repeat: int = 0
    resize: str | None = None
    colours: str | None = None
    balance: str | None = None
    carry: bool | None = None
    freeze: Mask | None = None
    timed_threads: int | None = None
    timed_device: str | None = None
    runtime: Runtime = Runtime()

    def __post_init__(self) -> None:
        check(self)

    @property
    def size(self) -> int:
        """Pixels of the shorter side of the result."""
        return self.scales[-1].size

    @property
    def steps(self) -> int:
        """Evaluations at the last size."""
        return self.scales[-1].steps

    @property
    def evaluations(self) -> int:
        """Evaluations at all sizes."""
        return sum(scale.steps for scale in self.scales)

    def at(self, number: int) -> "Spec":
        """Return the run at one of its scales alone."""
        return replace(self, scales=(self.scales[number],), carry=None)

    @property
    def layers(self) -> tuple[str, ...]:
        """Layers of all terms; one may occur twice."""
        return tuple(layer for term in self.terms for layer in term.layers)

    def term(self, name: str) -> Term | None:
        """Return the term called `name`, or None."""
        return next((term for term in self.terms if term.name == name), None)

    @property
    def targets(self) -> Mapping[str, Target]:
        """Targets of all terms by the names of `target_names`."""
        return {name: t for term in self.terms for name, t in zip(target_names(term), term.targets, strict=True)}

    @property
    def pictures(self) -> Mapping[str, Picture]:
        """Pictures by name: those of `target_names`, and `content`, `style` or `init` for the start."""
        found = {name: target.picture for name, target in self.targets.items()}
        if self.start.picture is not None:
            found.setdefault("init" if self.start.kind == "picture" else self.start.kind, self.start.picture)
        return found

    @property
    def frame(self) -> str:
        """Name of the picture whose shape the result has: the content, or else that of the first term."""
        names = (name for term in self.terms for name in target_names(term))
        return "content" if "content" in self.pictures else next(names)


def target_names(term: Term) -> tuple[str, ...]:
    """Return a name for each target of a term: `style`, `style[2]`, ...; no term can have such a name."""
    return tuple(f"{term.name}[{number}]" if number > 1 else term.name for number in range(1, len(term.targets) + 1))
