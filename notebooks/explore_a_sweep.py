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
# # Explore a sweep
#
# A sweep is every combination of a few values. Here: a picture rebuilt from one layer of the network at a time, from
# two noises. How much of it does each layer remember?

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
import pandas as pd

SIZE = int(os.environ.get("NST_SIZE", 192))  # pixels of the shorter side
STEPS = int(os.environ.get("NST_STEPS", 60))  # evaluations of the loss
RUNS = Path("../runs")  # the store, shared with the command line

# %% [markdown]
# ## Run it
#
# Keywords are the keys of the command line; a list varies. Run this cell twice: what is done is not done again.

# %%
import nst

runs = nst.run_sweep(
    content_layers=["conv_1", "conv_3", "conv_5", "conv_7"],
    seed=[0, 1],
    **{"content": "chelsea", "style_weight": 0, "init": "noise", "size": SIZE, "steps": STEPS},
    **{"name": "explore", "runs_dir": RUNS},
)

# %% [markdown]
# ## The frame
#
# A row for each run: what varied, whether it is done, all that was measured, and where its pictures are. Another
# notebook gets it with `nst.load("explore", runs_dir=RUNS)`.

# %%
runs[["content_layers", "seed", "state", "content_loss", "psnr_content_db", "ssim_content", "seconds_loop"]].round(3)

# %% [markdown]
# ## A grid
#
# Any two keys make one: `pivot` turns rows into a table of pictures.

# %%
grid = runs.pivot(index="seed", columns="content_layers", values="image")


def show(grid, crop=None):
    """A table of picture files as pictures; `crop`: left, top, right and bottom as shares of the picture."""
    _, axes = plt.subplots(*grid.shape, figsize=(3 * grid.shape[1], 2.2 * grid.shape[0]), layout="constrained")
    for axis, (row, column) in zip(axes.flat, [(r, c) for r in grid.index for c in grid.columns], strict=True):
        picture = plt.imread(grid.loc[row, column])
        height, width, _ = picture.shape
        left, top, right, bottom = crop or (0, 0, 1, 1)
        axis.imshow(picture[int(top * height) : int(bottom * height), int(left * width) : int(right * width)])
        axis.set_title(f"{column}, {grid.index.name} {row}", fontsize=9)
        axis.axis("off")


show(grid)

# %% [markdown]
# At this size they look alike. Enlarged, they do not: noise survives where the layer is deep.

# %%
show(grid, crop=(0.4, 0.3, 0.65, 0.55))

# %% [markdown]
# ## Curves
#
# Each run has left a trace. Losses at different layers have different scales, so each curve
# is divided by where it began.

# %%
_, axis = plt.subplots(figsize=(8, 4), layout="constrained")
for job in runs[runs["seed"] == 0].itertuples():
    trace = pd.read_csv(job.trace, index_col="evaluation")
    (trace["total_loss"] / trace["total_loss"].iloc[0]).plot(ax=axis, logy=True, label=job.content_layers)
axis.set_ylabel("loss, its first value = 1")
axis.legend()
plt.show()

# %% [markdown]
# ## A number
#
# Peak signal-to-noise ratio against the picture that was to be rebuilt: the deeper the layer, the lower. Two seeds are
# not many; they say at least how much chance is in it.

# %%
runs.groupby("content_layers")["psnr_content_db"].agg(["mean", "min", "max"]).round(2)

# %% [markdown]
# ## The report
#
# The sweep has made one already, with the same grid, crops, curves and tables, ready for a paper.

# %%
from IPython.display import Image

report = RUNS / "sweeps" / "explore" / "report"
print("open", (report / "index.html").resolve())
Image(report / "grid.png", width=900)
