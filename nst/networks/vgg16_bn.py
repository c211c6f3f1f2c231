"""VGG-16 with batch normalisation, which is folded into the convolutions when the weights are read."""

from dataclasses import replace

from nst.networks.vgg16 import ARCHITECTURE as PLAIN

ARCHITECTURE = replace(PLAIN, name="vgg16_bn", torchvision="vgg16_bn-6c64b313.pth", batch_norm=True)
