"""Command lines in processes of their own that start at once, for tests that kill them.

`multiprocessing`'s fork server imports this module once, with all that a first run needs, in one thread; every child
starts from there.
"""

import multiprocessing
import os
import sys
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
SERVER = "NST_TESTS_FORK_SERVER"
STARTED: list[ForkServerProcess] = []


def server() -> ForkServerContext:
    """A context whose processes start with all of nst imported and its network loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SERVER, "1")
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()
    return context


def start(context: ForkServerContext, folder: Path, *arguments: str, log: str = "log") -> ForkServerProcess:
    """A process that runs a command line in `folder`; its lines go to the file `log` there."""
    process = context.Process(target=_run, args=(folder, arguments, log))
    process.start()
    STARTED.append(process)
    return process


def kill_all() -> None:
    """End what a test has left behind: a run that would take days goes on for days."""
    while STARTED:
        process = STARTED.pop()
        process.kill()
        process.join()


def _run(folder: Path, arguments: tuple[str, ...], log: str) -> None:
    from nst.run import run

    os.chdir(folder)
    sys.argv[:] = ["nst", *arguments]
    sys.stderr = (folder / log).open("w")
    code = run(arguments)
    sys.stderr.flush()
    os._exit(code)


def _warm_up() -> None:
    """The imports, and the network; in one thread, for threads do not survive a fork."""
    import torch

    torch.set_num_threads(1)
    import skimage.metrics  # noqa: F401
    from hydra.core.plugins import Plugins

    import nst.report.build
    import nst.sweep.hydra.callback  # noqa: F401
    from nst.networks import architecture
    from nst.networks.base.network import network
    from nst.networks.base.weights import identify

    Plugins.instance()
    network("vgg19", identify(architecture("vgg19"), "bundled"), torch.float32, "cpu")


if os.environ.get(SERVER):
    _warm_up()
