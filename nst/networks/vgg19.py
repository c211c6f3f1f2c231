"""VGG-19, the network of Gatys, Ecker and Bethge (Simonyan and Zisserman 2015, configuration E)."""

from nst.networks.base.architecture import Architecture

ARCHITECTURE = Architecture(
    name="vgg19",
    blocks=((2, 64), (2, 128), (4, 256), (4, 512), (4, 512)),
    torchvision="vgg19-dcbb9e9d.pth",
    bundled=True,
    version=1,
)
