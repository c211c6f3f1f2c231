"""Convert Hydra's `DictConfig` to the typed `Config`: every key is checked, none is silently dropped."""

from dataclasses import fields

from omegaconf import DictConfig, OmegaConf

from nst.errors import UserError
from nst.spec.check import check_keys
from nst.spec.schema import BlendConfig, Config

REPORT_KEYS = ("rows", "cols", "facet", "layout", "crop", "width", "compare")
OUTSIDE = ("hydra",)


def config_from(composed: DictConfig) -> Config:
    """Return the typed configuration; raises `UserError` for unknown keys."""
    known = [field.name for field in fields(Config)]
    keys = [str(key) for key in composed if key not in OUTSIDE]
    if "quick" in keys:
        raise UserError("quick: is for sweep files; put the file into the 'sweeps' folder of your --config-dir")
    check_keys(keys, known)
    check_keys([str(key) for key in composed.blend], [field.name for field in fields(BlendConfig)], "blend.")
    check_keys([str(key) for key in composed.report], REPORT_KEYS, "report.")
    own = OmegaConf.masked_copy(composed, known) if len(keys) < len(composed) else composed
    values = OmegaConf.to_container(own, resolve=True)
    assert isinstance(values, dict)
    blend = values.pop("blend")
    return Config(**{str(key): value for key, value in values.items()}, blend=BlendConfig(**blend))
