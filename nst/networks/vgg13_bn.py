"""VGG-13 with batch normalisation, which is folded into the convolutions when the weights are read."""

from dataclasses import replace

from nst.networks.vgg13 import ARCHITECTURE as PLAIN

ARCHITECTURE = replace(PLAIN, name="vgg13_bn", torchvision="vgg13_bn-abd245e5.pth", batch_norm=True)
