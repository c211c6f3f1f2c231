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
# # First transfer
#
# One picture gives the content, another the style; an optimizer moves a third until a network sees the one in it and
# the textures of the other. This notebook does that once, looks at what happened, and changes one thing.

# %%
import os

import matplotlib.pyplot as plt
import pandas as pd

SIZE = int(os.environ.get("NST_SIZE", 256))  # pixels of the shorter side
STEPS = int(os.environ.get("NST_STEPS", 100))  # evaluations of the loss

# %% [markdown]
# ## Two pictures
#
# A picture has a name or a path. `chelsea` and `ihc` are built in: a cat, and stained tissue with strong strokes.

# %%
from nst.pictures.find import find
from nst.pictures.read import read


def show(**pictures):
    """Pictures side by side under their names."""
    _, axes = plt.subplots(1, len(pictures), figsize=(4 * len(pictures), 4), squeeze=False, layout="constrained")
    for axis, (name, picture) in zip(axes.flat, pictures.items(), strict=True):
        axis.imshow(picture)
        axis.set_title(name.replace("_", " "))
        axis.axis("off")


show(content=read(find("chelsea")), style=read(find("ihc")))

# %% [markdown]
# ## What to compute
#
# A `Config` has the keys of the command line. `resolve` makes a `Spec` of it: names become files, `auto` becomes a
# decision, a mistake becomes one clear line. What decides the picture is hashed into the run's *signature*.

# %%
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.spec.signature import signature

config = Config(content="chelsea", style="ihc", size=SIZE, steps=STEPS, optimizer={"name": "lbfgs"})
spec = resolve(config)
print(signature(spec), "on", spec.runtime.device, "in", spec.precision)
for term in spec.terms:
    print(term.name, "at", *term.layers)

# %% [markdown]
# ## Computing it
#
# `transfer` is the heart of nst; the command line and the sweeps call it too. It prints and writes nothing.

# %%
from nst.engine import transfer

result = transfer(spec)
show(start=result.inputs.pictures["content"], result=result.image)

# %% [markdown]
# ## How it went
#
# A row of the trace is one evaluation. The loss falls by orders of magnitude, fastest at the beginning.

# %%
trace = pd.DataFrame(result.trace).set_index("evaluation")
trace["total_loss"].plot(logy=True, ylabel="total loss", figsize=(8, 3))
plt.show()

# %% [markdown]
# The final picture was evaluated once more, in float32, and compared with the content. Times are kept apart: reading
# and setting up, the first evaluation, and the loop.

# %%
found = result.metrics
print(f"content loss {found.losses.terms['content']:.3g}, style loss {found.losses.terms['style']:.3g}")
print(f"like the content: SSIM {found.ssim_content:.2f}, PSNR {found.psnr_content_db:.1f} dB")
print(f"{result.timings.ms_per_evaluation_p50:.0f} ms an evaluation, {result.timings.seconds_loop:.1f} s in the loop")

# %% [markdown]
# ## One thing changed
#
# The same two losses, but the picture starts as noise. It has to find the cat by itself.

# %%
from dataclasses import replace

from nst.spec.records import Start

from_noise = transfer(replace(spec, start=Start("uniform", seed=0)))
show(from_the_content=result.image, from_noise=from_noise.image)

# %% [markdown]
# ## And now
#
# Keep it with `result.image.save("me.png")`, or let the command line do all of this, with a store that remembers:
#
# ```sh
# python -m nst.run content=chelsea style=ihc init=noise output=me.png
# ```
#
# Many of them at once are a sweep: [explore_a_sweep](explore_a_sweep.ipynb).
