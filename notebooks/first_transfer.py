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
# ## Computing it
#
# `nst.transfer` takes the keys of the command line, with its defaults; a mistake becomes one clear line. It writes
# nothing. A result shows itself, with its numbers.

# %%
import nst

result = nst.transfer("chelsea", "ihc", size=SIZE, steps=STEPS)
result

# %% [markdown]
# `result.spec` is the record of what was computed: names became files, `auto` a decision. What decides the picture is
# hashed into the run's *signature*, its name in a store.

# %%
print(result.signature, "on", result.spec.runtime.device, "in", result.spec.precision)
for term in result.spec.terms:
    print(term.name, "at", *term.layers)

# %% [markdown]
# ## How it went
#
# A row of the trace is one evaluation. The loss falls by orders of magnitude, fastest at the beginning.

# %%
result.trace.plot(y="total_loss", logy=True, ylabel="total loss", figsize=(8, 3))
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
from_noise = nst.transfer("chelsea", "ihc", size=SIZE, steps=STEPS, init="noise")
show(from_the_content=result.image, from_noise=from_noise.image)

# %% [markdown]
# ## And now
#
# A picture can also be a path, a Pillow image, an array or a tensor. Keep the result with
# `result.image.save("me.png")`, or let the command line do all of this, with a store that remembers:
#
# ```sh
# python -m nst.run content=chelsea style=ihc init=noise output=me.png
# ```
#
# Many of them at once are a sweep: [explore_a_sweep](explore_a_sweep.ipynb).
