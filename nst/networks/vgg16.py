"""VGG-16 (Simonyan and Zisserman 2015, configuration D)."""

from nst.networks.base.architecture import Architecture

ARCHITECTURE = Architecture(
    name="vgg16",
    blocks=((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)),
    torchvision="vgg16-397923af.pth",
    version=1,
)
