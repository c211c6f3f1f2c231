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
# # Timing done right
#
# Does a transfer from noise take longer than one from the content picture? One run of each, one stopwatch, two numbers:
# the answer depends on which came first. Four habits make it mean something: **warm up, interleave, repeat, pair**.

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
from scipy import stats

SIZE = int(os.environ.get("NST_SIZE", 128))  # pixels of the shorter side
STEPS = int(os.environ.get("NST_STEPS", 40))  # evaluations of the loss
REPEATS = int(os.environ.get("NST_REPEATS", 6))  # of each setting
RUNS = Path("../runs")  # the store, shared with the command line

# %% [markdown]
# ## Warm up
#
# The same run, three times. The first one also reads the network, allocates memory, and has kernels chosen for it.

# %%
import time

import nst

for attempt in ("first", "second", "third"):
    began = time.perf_counter()
    result = nst.transfer(size=SIZE, steps=STEPS, progress=False)
    print(f"{attempt:>6}: {time.perf_counter() - began:.2f} s")

# %% [markdown]
# So nst never reports that stopwatch. It keeps the set-up, one evaluation that nobody counts, and the loop apart, and
# of the loop it gives the median evaluation, which a hiccup does not move.

# %%
for name, value in vars(result.timings).items():
    print(f"{name:>22}: {value:.3f}")

# %% [markdown]
# ## Interleave and repeat
#
# Machines warm up, slow down, and have other things to do. So the two starts take turns, and take turns at going first,
# AB BA AB ..., many times: the named sweep `timing` is just that. It refuses to run several at once.

# %%
runs = nst.run_sweep(
    "timing",
    steps=[STEPS, 2 * STEPS],
    repeat=range(REPEATS),
    **{"size": SIZE, "name": "timing_notebook", "runs_dir": RUNS, "rerun": "all"},
)

# %% [markdown]
# In the order in which they ran: whatever drifts, drifts for both.

# %%
_, axis = plt.subplots(figsize=(8, 3), layout="constrained")
for init, mine in runs.groupby("init"):
    axis.plot(mine.index, mine["ms_per_evaluation_p50"], "o", label=init)
axis.set(xlabel="run", ylabel="ms per evaluation", ylim=(0, None))
axis.legend(loc="lower right")
plt.show()

# %% [markdown]
# ## Pair
#
# Within one repeat both starts met the same machine in the same mood. So compare there, and only then average: a
# difference for each repeat, and Student's 95 % interval of their mean.

# %%
long = runs[runs["steps"] == 2 * STEPS].pivot(index="repeat", columns="init", values="seconds_loop")
noise = next(name for name in long.columns if name != "content")
difference = 100 * (long[noise] - long["content"]) / long["content"].mean()


def interval(values, level):
    """Student's interval of the mean of values."""
    return stats.t.interval(level, len(values) - 1, loc=values.mean(), scale=stats.sem(values))


low, high = interval(difference, 0.95)
print(f"noise - content: {difference.mean():+.1f} %, from {low:+.1f} to {high:+.1f} %  ({len(difference)} pairs)")

# %% [markdown]
# *No difference seen* is not *no difference*. To claim that they are equally fast, say first what would be a
# difference, here 5 %; then ask whether the whole 90 % interval lies within it (two one-sided tests at 5 %).

# %%
low, high = interval(difference, 0.9)
equal = -5 < low and high < 5
print("equal within 5 %:", "yes" if equal else "cannot be said; repeat more, or on a quieter machine")

# %% [markdown]
# The same times as if they had no partners: the machine's moods count as well, and the interval is usually wider.

# %%
apart = stats.ttest_ind(long[noise], long["content"], equal_var=False).confidence_interval(0.9)
scale = 100 / long["content"].mean()
print(f"paired: {low:+.1f} to {high:+.1f} %; unpaired: {scale * apart.low:+.1f} to {scale * apart.high:+.1f} %")

# %% [markdown]
# ## The report's tables
#
# The sweep's report has done the same, for both lengths, and judges from ten pairs on; `timing.tex` is beside it, for a
# paper.

# %%
from IPython.display import Markdown

Markdown((RUNS / "sweeps" / "timing_notebook" / "report" / "timing.md").read_text())
