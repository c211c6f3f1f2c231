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
# # Compare two losses fairly
#
# Two style losses differ in what they look at, and by orders of magnitude in scale. Three things make a comparison
# fair: weights that mean the same, a measure that is neither loss's own, and more than one point on the way from
# content to style. Here: Gram matrices and the Wasserstein distance.

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
from pathlib import Path

import matplotlib.pyplot as plt

SIZE = int(os.environ.get("NST_SIZE", 192))  # pixels of the shorter side
STEPS = int(os.environ.get("NST_STEPS", 60))  # evaluations of the loss
RUNS = Path("../runs")  # the store, shared with the command line

# %% [markdown]
# ## The same weight is not the same strength
#
# With one `style_weight`, one of them vanishes or drowns the content. `balance="total"` measures once, at the start,
# how strongly each pulls, and scales it to what a Gram loss would pull there.

# %%
import nst

runs = nst.run_sweep(
    style_loss=["gram", "wasserstein"],
    style_weight=[1e5, 1e6, 1e7],
    **{"content": "astronaut", "style": "nocturne", "balance": "total", "size": SIZE, "steps": STEPS},
    **{"name": "compare_losses", "runs_dir": RUNS},
)
runs[["style_loss", "style_weight", "state", "ssim_content", "feature_distance_content", "gram_distance_style"]]

# %% [markdown]
# ## Look
#
# Numbers come second.

# %%
grid = runs.pivot(index="style_loss", columns="style_weight", values="image")
_, axes = plt.subplots(*grid.shape, figsize=(9, 6), layout="constrained")
for axis, (row, column) in zip(axes.flat, [(r, c) for r in grid.index for c in grid.columns], strict=True):
    axis.imshow(plt.imread(grid.loc[row, column]))
    axis.set_title(f"{row}, {column:g}", fontsize=9)
    axis.axis("off")

# %% [markdown]
# ## A measure that is neither's own
#
# `gram_distance_style` is what the Gram loss minimises: by that measure it wins, which says nothing. What both trade
# is the content; so draw a curve for each loss over the style weight. A curve that lies further to the upper right
# keeps more of the content at the same distance.

# %%
for loss, own in runs.groupby("style_loss"):
    plt.plot(own["gram_distance_style"], own["ssim_content"], marker="o", label=loss)
plt.xscale("log")
plt.gca().invert_xaxis()
plt.xlabel("Gram distance to the style (smaller to the right; the Gram loss's own)")
plt.ylabel("SSIM to the content")
plt.legend()
plt.show()

# %% [markdown]
# One pair of pictures decides nothing: repeat it on several, `content=[...]` and `style=[...]` vary like any other
# key, and count in how many one curve lies above the other.
