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
# # A paper's figure in five minutes
#
# How strong should the style be? A figure answers at a glance: styles down, weights across, and a detail of each
# enlarged. Here it is made from Python as PDF, with a table in LaTeX, ready to be included.

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

SIZE = int(os.environ.get("NST_SIZE", 192))  # pixels of the shorter side; 512 for the paper itself
STEPS = int(os.environ.get("NST_STEPS", 60))  # evaluations of the loss; 300 for the paper itself
RUNS = Path("../runs")  # the store, shared with the command line

# %% [markdown]
# ## The sweep
#
# Two styles by three weights. For the final figure, raise `SIZE` and `STEPS`, and run everything again: those runs are
# kept beside the small ones.

# %%
import nst

runs = nst.run_sweep(
    style=["nocturne", "mosaic"],
    style_weight=[1e3, 1e4, 1e5],
    **{"content": "astronaut", "size": SIZE, "steps": STEPS, "name": "paper_figure", "runs_dir": RUNS},
)
runs[["style", "style_weight", "state", "ssim_content", "gram_distance_style", "seconds_loop"]].round(3)

# %% [markdown]
# ## The grid and the crops
#
# `rows` and `cols` choose the axes, `crop` the part to enlarge: x, y, width and height, here in fractions of the
# picture, so that it is the same part at every size. `width` is that of the PNG files, in pixels; the PDF files have
# text as text, and the pictures whole.

# %%
page = nst.make_report(
    "paper_figure",
    RUNS,
    rows="style",
    cols="style_weight",
    crop=(0.3, 0.05, 0.35, 0.45),
    width=1600,
    formats=["html", "png", "pdf", "tex"],
)
report = page.parent
print(*sorted(path.name for path in report.iterdir() if path.suffix in (".pdf", ".tex")))

# %%
from IPython.display import Image

Image(report / "grid.png", width=900)

# %%
Image(report / "crops.png", width=900)

# %% [markdown]
# On the command line the same is
#
# ```sh
# python -m nst.report paper_figure --rows style --cols style_weight --crop 0.3,0.05,0.35,0.45 --format png,pdf,tex
# ```
#
# ## The table
#
# `timing.tex` beside the figures has the times, with their interval if runs were repeated, and says in its caption on
# which machine. A table of anything else is a line of pandas.

# %%
print((report / "timing.tex").read_text(encoding="utf-8"))

# %%
numbers = runs.pivot(index="style", columns="style_weight", values="ssim_content").rename_axis(index=None, columns=None)
numbers = numbers.rename(columns="{:,.0f}".format)
caption = "SSIM to the content, by style and style weight."
table = (
    numbers.style.format(precision=2, escape="latex")
    .format_index(escape="latex")
    .to_latex(hrules=True, caption=caption)
)
(report / "ssim.tex").write_text(table, encoding="utf-8")
print(table)

# %% [markdown]
# ## In the paper
#
# Copy three files, and include them. The table of times needs the packages that its first line names, the other one
# `booktabs`.

# %%
print(rf"""
\begin{{figure*}}
  \centering
  \includegraphics[width=\linewidth]{{grid.pdf}}
  \includegraphics[width=\linewidth]{{crops.pdf}}
  \caption{{One content picture in two styles, at three style weights ({SIZE} pixels, {STEPS} evaluations).}}
\end{{figure*}}
\input{{ssim.tex}}
""")
