"""VGG-13 (Simonyan and Zisserman 2015, configuration B)."""

from nst.networks.base.architecture import Architecture

ARCHITECTURE = Architecture(
    name="vgg13",
    blocks=((2, 64), (2, 128), (2, 256), (2, 512), (2, 512)),
    torchvision="vgg13-19584684.pth",
    version=1,
)
