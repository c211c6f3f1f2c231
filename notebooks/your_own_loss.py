# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A loss, and a start, of your own
#
# Three experiments of about ten lines each: another idea of style, colours that stay, and a start that is neither the
# content nor plain noise.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
import torch
from PIL import Image

from nst.engine import load_inputs, set_up, transfer
from nst.objective.reference import Losses
from nst.optimizer.loop import make_optimizer, optimise
from nst.pictures.tensors import to_image
from nst.spec.resolve import resolve
from nst.spec.schema import Config

SIZE = int(os.environ.get("NST_SIZE", 256))  # pixels of the shorter side
STEPS = int(os.environ.get("NST_STEPS", 80))  # evaluations of the loss


def show(**pictures):
    """Pictures side by side under their names."""
    _, axes = plt.subplots(1, len(pictures), figsize=(4 * len(pictures), 4), squeeze=False, layout="constrained")
    for axis, (name, picture) in zip(axes.flat, pictures.items(), strict=True):
        axis.imshow(picture)
        axis.set_title(name.replace("_", " "))
        axis.axis("off")


# %% [markdown]
# The usual transfer, to compare with.

# %%
spec = resolve(Config(content="astronaut", style="coffee", size=SIZE, steps=STEPS, optimizer={"name": "lbfgs"}))
usual = transfer(spec)
inputs = usual.inputs
show(content=inputs.content, style=inputs.style, usual=usual.image)

# %% [markdown]
# ## A loss on a layer
#
# Style is what products of channels say (the Gram matrix). But perhaps each channel's mean and deviation are enough (Li
# et al. 2017, "Demystifying neural style transfer")? A loss of a feature derives from `AutogradLoss` and needs only its
# `forward`.

# %%
from nst.objective.layer_losses import AutogradLoss


def moments(feature):
    """Mean and deviation of each channel of a feature (1, C, h, w): (2 C,)."""
    positions = feature.float().flatten(2)
    return torch.cat([positions.mean(2), positions.std(2)], dim=1).squeeze(0)


class Moments(AutogradLoss):
    """Style as the mean and the deviation of each channel."""

    def __init__(self, target, weight):
        super().__init__(weight)
        self.target = moments(target)

    def forward(self, feature):
        return (moments(feature) - self.target).square().mean()


# %% [markdown]
# Any losses on any layers make an objective: the chain carries all their gradients down to the picture in one pass. The
# optimizer only wants to know the total.

# %%
from nst.networks.base.network import vgg19
from nst.objective.chain import Chain
from nst.objective.layer_losses import ContentLoss
from nst.objective.prepare import DTYPES, on
from nst.objective.targets import content_targets


class Local:
    """An objective made of losses by layer: `{"conv_4": [loss, ...], ...}`."""

    def __init__(self, network, shape, losses):
        self.chain = Chain(network, shape, losses)

    def loss_and_gradient(self, picture):
        values, gradient = self.chain.loss_and_gradient(picture)
        total = sum(loss.weight * value for loss, value in values.items())
        zero = torch.zeros_like(total)
        return Losses(content=zero, style=zero, tv=zero, total=total), gradient


# %% [markdown]
# The content loss as always, the style loss ours, with the features of the two pictures as their targets.

# %%
network = vgg19(spec.weights, DTYPES[spec.precision], spec.device)
content = content_targets(network, on(network, inputs.content), spec.content_layers, spec.pooling)
style = content_targets(network, on(network, inputs.style), spec.style_layers, spec.pooling)

losses = {layer: [Moments(feature, weight=1e3)] for layer, feature in style.items()}
losses["conv_4"].append(ContentLoss(content["conv_4"], weight=1))


def optimised(objective, start):
    """The picture (1, 3, H, W) that the loop makes of a start."""
    picture = start.to(spec.device, copy=True)
    optimise(objective, make_optimizer(spec.optimizer, spec.steps), picture, spec.steps)
    return to_image(picture.clamp(0, 1))


mine = optimised(Local(network, inputs.start.shape[2:], losses), inputs.start)
show(products_of_channels=usual.image, mean_and_deviation=mine)

# %% [markdown]
# ## A loss on the picture
#
# A loss that needs no network is plain autograd, added to the objective of the spec. This one keeps the colours of the
# content: the strokes are the style's, the palette is not.


# %%
def chroma(picture):
    """RGB (1, 3, H, W) without its brightness, (1, 2, H, W): Cb and Cr, as in JPEG."""
    red, green, blue = picture.unbind(dim=1)
    brightness = 0.299 * red + 0.587 * green + 0.114 * blue
    return torch.stack([0.564 * (blue - brightness), 0.713 * (red - brightness)], dim=1)


class KeepColours:
    """An objective, plus the mean squared difference of the picture's colours from the start's."""

    def __init__(self, objective, start, weight):
        self.objective, self.target, self.weight = objective, chroma(start), weight

    def loss_and_gradient(self, picture):
        losses, gradient = self.objective.loss_and_gradient(picture)
        variable = picture.detach().requires_grad_(True)
        with torch.enable_grad():
            extra = self.weight * (chroma(variable) - self.target).square().mean()
            (more,) = torch.autograd.grad(extra, variable)
        return losses._replace(total=losses.total + extra.detach()), gradient + more


start, objective = set_up(spec, load_inputs(spec))
show(usual=usual.image, colours_kept=optimised(KeepColours(objective, start, weight=1e5), start))

# %% [markdown]
# ## Is the gradient right?
#
# Always ask. A step `d` along the gradient must change the loss by `|gradient|² d`: the ratio is close to 1 (in
# float32).

# %%
fp32 = resolve(Config(content="astronaut", style="coffee", size=64, precision="fp32", optimizer={"name": "lbfgs"}))
start, objective = set_up(fp32, load_inputs(fp32))
checked = KeepColours(objective, start.flip(3), weight=1e5)
gradient = checked.loss_and_gradient(start)[1].clone()
step = 1e-3 * gradient / gradient.norm()
after, before = (checked.loss_and_gradient(start + sign * step)[0].total for sign in (1, -1))
print(f"measured / predicted: {float((after - before) / (2 * (gradient * step).sum())):.4f}")

# %% [markdown]
# ## A start of your own
#
# `init` takes a picture, so a start of your own is a file. This one is noise with large blots as well as small ones:
# its spectrum falls with the frequency, as that of photographs does.

# %%
generator = np.random.default_rng(0)
width, height = inputs.content.size
frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
frequency[0, 0] = np.inf
waves = np.fft.rfft2(generator.normal(size=(3, height, width))) / frequency
pink = np.fft.irfft2(waves, s=(height, width)).transpose(1, 2, 0)
pink = np.clip(0.5 + 0.15 * pink / pink.std(), 0, 1)
Image.fromarray((255 * pink).astype(np.uint8)).save("pink.png")

# %% [markdown]
# As a file it is welcome everywhere: here, on the command line, and in a sweep (`-m init=noise,./pink.png`), where its
# hash becomes part of the run's signature.


# %%
def from_start(init):
    """The usual transfer from another start."""
    options = {"size": SIZE, "steps": STEPS, "optimizer": {"name": "lbfgs"}}
    return transfer(resolve(Config(content="astronaut", style="coffee", init=init, **options)))


white, blots = from_start("noise"), from_start("./pink.png")
show(white_noise=to_image(white.inputs.start), from_white_noise=white.image)
show(pink_noise=to_image(blots.inputs.start), from_pink_noise=blots.image)
