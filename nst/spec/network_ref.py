"""Resolve the keys of the network to a `NetworkRef`; a key at its default is absent there."""

from nst.errors import UserError
from nst.networks.base.architecture import Architecture
from nst.networks.base.crops import crops_name
from nst.networks.base.weights import identify
from nst.spec.records import NetworkRef
from nst.spec.schema import Config
from nst.typed_values import number


def network_ref(config: Config, architecture: Architecture) -> NetworkRef:
    """Return the network of a configuration, with its weights found and hashed."""
    return NetworkRef(
        config.network,
        identify(architecture, config.weights),
        config.pooling,
        architecture.signed,
        padding=None if config.padding == "zeros" else config.padding,
        pooling_scale=_scale(config.pooling_scale),
        normalise=crops_name() if config.normalise else None,
    )


def _scale(value: object) -> float | None:
    """Return the factor after each pooling, None for 1."""
    if value is None:
        return None
    found = number(value, "pooling_scale")
    if found <= 0:
        raise UserError(f"pooling_scale={value}: must be a number above 0")
    return None if found == 1 else found
