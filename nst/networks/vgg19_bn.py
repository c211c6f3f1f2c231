"""VGG-19 with batch normalisation, which is folded into the convolutions when the weights are read."""

from dataclasses import replace

from nst.networks.vgg19 import ARCHITECTURE as PLAIN

ARCHITECTURE = replace(PLAIN, name="vgg19_bn", torchvision="vgg19_bn-c79401a0.pth", batch_norm=True, bundled=False)
