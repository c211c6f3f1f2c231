"""Stands in for Slurm on one host: `sbatch` runs an array in processes of its own, `sacct` calls all of it running."""

import sys
from pathlib import Path

SBATCH = """\
#!{python}
import os, re, subprocess, sys
script = open(sys.argv[-1]).read()
last = re.search(r"--array=0-(\\d+)", script)
shared = dict(os.environ, SLURM_NTASKS="1", SLURM_NNODES="1", SLURM_NODEID="0", SLURM_PROCID="0", SLURM_LOCALID="0")
shared["SLURM_CPUS_PER_TASK"] = re.search(r"--cpus-per-task=(\\d+)", script)[1]
for task in range(int(last[1]) + 1) if last else [None]:
    own = dict(shared, SLURM_JOB_ID=str(70 + (task or 0)))
    if task is not None:
        own |= dict(SLURM_ARRAY_JOB_ID="70", SLURM_ARRAY_TASK_ID=str(task))
    quiet = subprocess.DEVNULL
    subprocess.Popen(["bash", sys.argv[-1]], env=own, stdin=quiet, stdout=quiet, stderr=quiet)
print("Submitted batch job 70")
"""
SRUN = """\
#!{python}
import os, sys
job = "_".join(os.environ[k] for k in ("SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID") if k in os.environ)
command = [word.replace("%j", job or os.environ["SLURM_JOB_ID"]) for word in sys.argv[1:]]
start = next(i for i, word in enumerate(command) if not word.startswith("-") and "/python" in word)
os.execv(command[start], command[start:])
"""
SACCT = """\
#!{python}
print("JobID|State|NodeList")
print("70|RUNNING|here")
"""


def install(folder: Path) -> Path:
    """Put the commands into a folder for PATH."""
    folder.mkdir()
    for name, text in {"sbatch": SBATCH, "srun": SRUN, "sacct": SACCT}.items():
        path = folder / name
        path.write_text(text.format(python=sys.executable).replace("{{", "{").replace("}}", "}"))
        path.chmod(0o755)
    return folder
