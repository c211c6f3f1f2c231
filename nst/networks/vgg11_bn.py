"""VGG-11 with batch normalisation, which is folded into the convolutions when the weights are read."""

from dataclasses import replace

from nst.networks.vgg11 import ARCHITECTURE as PLAIN

ARCHITECTURE = replace(PLAIN, name="vgg11_bn", torchvision="vgg11_bn-6002323d.pth", batch_norm=True)
