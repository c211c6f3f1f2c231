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
# Three experiments of a few lines each: another idea of style, colours that stay, and a start that is neither the
# content nor plain noise.

# %%
# Install nst if it is missing. REPOSITORY is what pip installs it from: the checkout that this notebook lies in, or,
# if the notebook is alone (as in Colab), the address of the repository's archive, or git+https:// and its address.
import subprocess
import sys
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

REPOSITORY = ".." if Path("../nst/__init__.py").is_file() else ""

if find_spec("nst") is None:
    if not REPOSITORY:
        sys.exit("set REPOSITORY, above, to where nst can be installed from, and run this cell again")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", REPOSITORY], check=True)
    invalidate_caches()

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
import torch

import nst
from nst.inputs import load_inputs, set_up
from nst.optimizer.loop import make_optimizer, optimise
from nst.pictures.tensors import to_image

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
options = {"content": "astronaut", "style": "coffee", "size": SIZE, "steps": STEPS}
usual = nst.transfer(**options)
spec, inputs = usual.spec, usual.result.inputs
show(**inputs.pictures, usual=usual.image)

# %% [markdown]
# ## A loss on a layer
#
# Style is what products of channels say (the Gram matrix). But perhaps the mean of each channel is enough? A loss that
# sees a feature only through the means and products of its channels derives from `StatisticLoss` and says one thing:
# how far two of them are apart. Autograd and the fast chain do the rest.

# %%
from nst.objective.layer_losses import StatisticLoss


class Loss(StatisticLoss):
    """Mean squared difference of the means of channels."""

    version = 1  # part of a run's signature: raise it whenever you change the loss

    def distance(self, found, target):
        return (found.mean - target.mean).square().mean()


nst.losses.add("mean_only", Loss)

# %% [markdown]
# From here on it is a loss like any other, in `nst.transfer` and in a sweep (`style_loss=["gram", "mean_only"]`). In a
# file `nst/losses/mean_only.py`, or in a package of your own, it is there for the command line as well.

# %%
mine = nst.transfer(style_loss="mean_only", style_weight=1e3, **options)
show(products_of_channels=usual.image, means_of_channels=mine.image)

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
        self.objective, self.names = objective, objective.names
        self.target, self.weight = chroma(start), weight

    def loss_and_gradient(self, picture):
        losses, gradient = self.objective.loss_and_gradient(picture)
        variable = picture.detach().requires_grad_(True)
        with torch.enable_grad():
            extra = self.weight * (chroma(variable) - self.target).square().mean()
            (more,) = torch.autograd.grad(extra, variable)
        return losses._replace(total=losses.total + extra.detach()), gradient + more


start, objective = set_up(spec, load_inputs(spec))
kept = KeepColours(objective, start, weight=1e5)
picture = start.clone()
optimise(kept, make_optimizer(spec.optimizer, spec.steps), picture, spec.steps)
show(usual=usual.image, colours_kept=to_image(picture.clamp(0, 1)))

# %% [markdown]
# ## Is the gradient right?
#
# Always ask. A step `d` along the gradient must change the loss by `|gradient|² d`: the ratio is close to 1 (in
# float32).

# %%
fp32 = nst.make_spec(**options | {"size": 64, "precision": "fp32"})
start, objective = set_up(fp32, load_inputs(fp32))
checked = KeepColours(objective, start.flip(3), weight=1e5)
gradient = checked.loss_and_gradient(start)[1].clone()
step = 1e-3 * gradient / gradient.norm()
after, before = (checked.loss_and_gradient(start + sign * step)[0].total for sign in (1, -1))
print(f"measured / predicted: {float((after - before) / (2 * (gradient * step).sum())):.4f}")

# %% [markdown]
# ## A start of your own
#
# `init` takes a picture, so a start of your own can be an array. This one is noise with large blots as well as small
# ones: its spectrum falls with the frequency, as that of photographs does.

# %%
generator = np.random.default_rng(0)
width, height = inputs.pictures["content"].size
frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
frequency[0, 0] = np.inf
waves = np.fft.rfft2(generator.normal(size=(3, height, width))) / frequency
pink = np.fft.irfft2(waves, s=(height, width)).transpose(1, 2, 0)
pink = np.clip(0.5 + 0.15 * pink / pink.std(), 0, 1)

# %% [markdown]
# It is welcome wherever a picture is, also in a sweep (`init=["noise", pink]`); a hash of its pixels becomes part of
# the run's signature.

# %%
white, blots = (nst.transfer(init=init, **options) for init in ("noise", pink))
show(white_noise=to_image(white.result.inputs.start), from_white_noise=white.image)
show(pink_noise=to_image(blots.result.inputs.start), from_pink_noise=blots.image)
