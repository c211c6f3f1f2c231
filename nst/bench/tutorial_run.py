"""Run the plain loop once in its own process, as a user's script would: pictures in, one PNG out.

python -m nst.bench.tutorial_run CONTENT STYLE EVALUATIONS DEVICE THREADS CONTENT_LAYER OUTPUT
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from nst.bench.tutorial import plain_loop
from nst.networks import architecture
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import identify, load
from nst.pictures.read import read
from nst.pictures.tensors import to_image, to_tensor


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; the pictures are not resized."""
    content, style, evaluations, device, threads, layer, output = sys.argv[1:] if arguments is None else arguments
    torch.set_num_threads(int(threads))
    vgg19 = architecture("vgg19")
    weights = load(vgg19, identify(vgg19, "bundled"))
    layers = tuple((weight.to(device), bias.to(device)) for weight, bias in weights.layers[:5])
    weights = Weights(layers, weights.mean.to(device))
    start = to_tensor(read(Path(content))).to(device)
    style_picture = to_tensor(read(Path(style))).to(device)
    final = plain_loop(weights, start, style_picture, start, int(evaluations), content_layer=int(layer))
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    to_image(final).save(output)


if __name__ == "__main__":
    main()
