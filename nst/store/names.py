"""Names of the files in a store. They never change: a store of before must stay readable."""

import re

METRICS, ERROR, PROVENANCE, CHECKPOINT = "metrics.json", "error.json", "provenance.json", "checkpoint.pt"
IMAGE, START, BEST, TRACE, SPEC = "image.png", "start.png", "best.png", "trace.csv", "spec.yaml"
RUN_FILES = frozenset({SPEC, START, IMAGE, BEST, TRACE, PROVENANCE, METRICS, ERROR, CHECKPOINT})
"""Every file that a run's folder may hold, beside its frames."""
FRAMES, UNFINISHED_FRAMES = "frames", ".frames"
PLAN = "plan.json"
JOBS, PICTURES, SWEEPS, LOCKS = "jobs", "pictures", "sweeps", "locks"
ROOMS = (JOBS, PICTURES, SWEEPS, LOCKS)
"""The folders of a store; the first holds the folders of runs."""
MARKER = ".nst-store"
MARK = "This folder is a store of nst: what its runs made, by signature. `python -m nst.store` lists them.\n"
SIGNATURE = re.compile("[0-9a-f]{12}")
