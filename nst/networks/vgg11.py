"""VGG-11 (Simonyan and Zisserman 2015, configuration A)."""

from nst.networks.base.architecture import Architecture

ARCHITECTURE = Architecture(
    name="vgg11",
    blocks=((1, 64), (1, 128), (2, 256), (2, 512), (2, 512)),
    torchvision="vgg11-8a719046.pth",
    version=1,
)
