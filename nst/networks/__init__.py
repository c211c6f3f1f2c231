"""Networks that losses read features from: one module per network, found by its name.

A module defines `ARCHITECTURE`, a chain of 3x3 convolutions, ReLUs and 2x2 poolings; see `nst.networks.vgg16`. Their
variants with batch normalisation, which is folded into the convolutions when weights are read, are derived here.
"""

from dataclasses import replace

from nst.errors import UserError
from nst.networks import vgg11, vgg13, vgg16, vgg19
from nst.networks.base.architecture import Architecture
from nst.plugins import Plugins

PLUGINS = Plugins("nst.networks", "network")
PLUGINS.added |= {
    f"{plain.name}_bn": replace(plain, name=f"{plain.name}_bn", torchvision=file, batch_norm=True, bundled=False)
    for plain, file in (
        (vgg11.ARCHITECTURE, "vgg11_bn-6002323d.pth"),
        (vgg13.ARCHITECTURE, "vgg13_bn-abd245e5.pth"),
        (vgg16.ARCHITECTURE, "vgg16_bn-6c64b313.pth"),
        (vgg19.ARCHITECTURE, "vgg19_bn-c79401a0.pth"),
    )
}


def names() -> tuple[str, ...]:
    return PLUGINS.names()


def architecture(name: str) -> Architecture:
    """Return the architecture called `name`; raises `UserError` for an unknown one, or a module that defines none."""
    found = PLUGINS.load(name, "ARCHITECTURE")
    if not isinstance(found, Architecture):
        raise UserError(f"network={name}: its ARCHITECTURE is not an {Architecture.__module__}.Architecture")
    if found.name != name:
        raise UserError(f"network={name}: its ARCHITECTURE is named {found.name!r}; give it the name of the module")
    return found
