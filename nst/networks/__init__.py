"""Networks that losses read features from: one module a network, found by its name.

A module defines `ARCHITECTURE`, a chain of 3x3 convolutions, ReLUs and 2x2 poolings; see `nst.networks.vgg16`.
"""

from nst.networks.base.architecture import Architecture
from nst.plugins import Plugins

PLUGINS = Plugins("nst.networks", "network")


def names() -> tuple[str, ...]:
    """Return the names of all networks, sorted."""
    return PLUGINS.names()


def architecture(name: str) -> Architecture:
    """Return the architecture called `name`; raises `UserError` for an unknown one."""
    found = PLUGINS.load(name, "ARCHITECTURE")
    assert isinstance(found, Architecture)
    return found
