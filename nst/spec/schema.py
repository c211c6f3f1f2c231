"""The configuration keys: one dataclass, `Config`, that Hydra composes; the values live in `conf/`.

Fields typed `Any` take several shapes (a string or a list) and are parsed by `nst.spec.resolve`; OmegaConf has no such
union. Values that are None here are filled by `conf/config.yaml`.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from nst.errors import UserError
from nst.spec.check import check_keys

SCALES: dict[str, Any] = {"from": None, "factor": 1.4142, "steps": None, "carry": True}
"""The keys of `scales` and their defaults; no dataclass can have a field called `from`."""
REPORT_KEYS = ("rows", "cols", "facet", "layout", "crop", "width", "compare", "tradeoff")


@dataclass
class BlendConfig:
    """A Poisson blend as the content picture; off if `source` is None."""

    source: str | None = None
    mask: str | None = None
    target: str | None = None
    offset: list[int] = field(default_factory=lambda: [0, 0])
    mode: str = "poisson"


@dataclass
class LossConfig:
    """A term of the objective, as `losses.<name>` gives it; the flat keys of content and style stand for two of them.

    `picture`: a name or a list of names; `shares`: one number for each picture, None for equal ones; `scale`: multiple
    of the size at which they enter; `mask`: which part of the result counts. A loss without pictures takes the styles
    and, unless it has its own, their shares and scale.
    """

    loss: str
    weight: float = 1.0
    layers: Any = "conv_1-5"
    layer_weights: Any = None
    picture: Any = None
    shares: Any = None
    scale: Any = None
    mask: Any = None
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass
class GuideConfig:
    """A region of the result, given by an entry of `guides`, with the picture, or part of one, that it follows."""

    mask: Any = None
    style: Any = None
    style_mask: Any = None
    weight: float = 1.0


@dataclass
class Config:
    """Every key of `python -m nst.run`."""

    content: str = "chelsea"
    style: Any = "nocturne"
    style_shares: Any = None
    style_scale: float = 1.0
    content_layers: Any = "conv_4"
    style_layers: Any = "conv_1-5"
    content_layer_weights: Any = None
    style_layer_weights: Any = None
    content_weight: float = 1.0
    style_weight: float = 1e6
    tv_weight: float = 0.0
    content_loss: str = "mse"
    style_loss: str = "gram"
    content_settings: dict[str, Any] = field(default_factory=dict)
    style_settings: dict[str, Any] = field(default_factory=dict)
    losses: dict[str, Any] = field(default_factory=dict)
    guides: Any = None
    guides_rest: str = "none"
    content_mask: Any = None
    freeze: Any = None
    propagation: str = "simple"
    balance: str = "none"
    size: Any = 512
    scales: dict[str, Any] = field(default_factory=SCALES.copy)
    resize: str = "lanczos"
    colours: str = "as_is"
    init: str = "content"
    seed: int = 0
    repeat: int = 0
    steps: int = 300
    optimizer: dict[str, Any] = field(default_factory=dict)
    keep: str = "last"
    network: str = "vgg19"
    pooling: str = "max"
    pooling_scale: Any = None
    padding: str = "zeros"
    normalise: bool = False
    weights: str = "bundled"
    device: str = "auto"
    precision: str = "auto"
    threads: Any = "auto"
    deterministic: bool = False
    signed: Any = None
    blend: BlendConfig = field(default_factory=BlendConfig)
    frames_every: int = 0
    checkpoint_every: int = 0
    trace_every: Any = "auto"
    measure: Any = False
    runs_dir: str = "runs"
    picture_dirs: list[str] = field(default_factory=lambda: ["pictures"])
    output: str | None = None
    quality: Any = 95
    alpha: str = "drop"
    overwrite: bool = False
    pictures: dict[str, str] = field(default_factory=dict)
    pair: Any = None
    report: dict[str, Any] = field(default_factory=dict)
    purpose: str | None = None
    name: str | None = None
    plan: bool = False
    rerun: str = "missing"
    fail_fast: bool = False


def register() -> None:
    """Register the schema with Hydra as `nst_schema`."""
    ConfigStore.instance().store(name="nst_schema", node=Config)


def config_from(composed: DictConfig) -> Config:
    """Convert what Hydra composed to its typed form; raises `UserError` for unknown keys, so that none is dropped."""
    known = [one.name for one in fields(Config)]
    keys = [str(key) for key in composed if key != "hydra"]
    if "quick" in keys:
        raise UserError("quick: is for sweep files; put the file into the 'sweeps' folder of your --config-dir")
    check_keys(keys, known)
    check_keys([str(key) for key in composed.blend], [one.name for one in fields(BlendConfig)], "blend.")
    check_keys([str(key) for key in composed.report], REPORT_KEYS, "report.")
    own = OmegaConf.masked_copy(composed, known) if len(keys) < len(composed) else composed
    values = OmegaConf.to_container(own, resolve=True)
    assert isinstance(values, dict)
    blend = values.pop("blend")
    return Config(**{str(key): value for key, value in values.items()}, blend=BlendConfig(**blend))
