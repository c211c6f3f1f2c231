"""Run one style transfer or a sweep of them.

    python -m nst.run content=photo.jpg style=~/art/picasso.jpg size=512 output=me.png
    python -m nst.run -m content_layers=conv_1,conv_3,conv_5,conv_7
    python -m nst.run sweep=content_layers profile=quick

Exit codes: 0 all done; 1 a run failed; 2 the configuration is wrong and nothing was started; 130 interrupted (Ctrl-C),
143 terminated (SIGTERM). Both stop the current run, SIGTERM after the current evaluation and with a last checkpoint if
checkpoints are on; a run that has finished its evaluations is recorded first.
"""
# How Hydra is used: it composes `conf/` with the command line, expands `-m`, and starts workers. Where runs happen:
#   one run            `_task` -> sweep.task.run_alone -> sweep.runner.run_one -> sweep.checkpoints -> engine.transfer
#   a sweep            before any task, Hydra calls `SweepCallback.on_multirun_start` (sweep.hydra.callback, named in
#                      conf/config.yaml). It plans all runs, makes them (sweep.scheduler -> run_one), reports, and
#                      exits with SystemExit: with Hydra's default launcher `_task` is never called.
#   hydra/launcher=... the callback only plans; each worker calls `_task` -> sweep.task.run_in_sweep -> run_one, and
#                      `on_multirun_end` makes the runs they left, reports, and exits with SystemExit.
# ruff: noqa: E402

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from nst.signals import STOP, Terminated

if __name__ == "__main__":
    STOP.begin()  # before the imports below, which take a second; `nst.__main__` does so for the command `nst`

from nst import __version__
from nst.errors import JobError, UserError, is_out_of_memory
from nst.memory.limits import check_limits
from nst.terminal import importing, steady_streams

with importing():
    import hydra
    from hydra.core.hydra_config import HydraConfig
    from hydra.errors import HydraException
    from hydra.types import RunMode
    from omegaconf import DictConfig, OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from nst.spec.schema import register
    from nst.sweep.files import config_dir_of, data_folder, register_sweeps, sweep_files
    from nst.sweep.hydra.argv import SINGLE_FLAGS, given, prepare
    from nst.sweep.hydra.errors import explain
    from nst.sweep.hydra.launchers import forget_plugins_own, worker_failure
    from nst.sweep.hydra.mode import compose_once
    from nst.sweep.hydra.several import SweepMeant

LIBRARIES = ("nst.report.build", "nst.report.figure.curves", "nst.sweep.task", "nst.engine", "nst.metrics.of_run")
"""Modules that import, together, all libraries that a command may come to use."""


def main() -> NoReturn:
    """Run the command line; never returns."""
    STOP.begin()
    STOP.leave(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command line `arguments` and return the exit code. A user's mistake is printed as one line on stderr."""
    steady_streams()
    if list(arguments) == ["--version"]:
        print(f"nst {__version__}")
        return 0
    os.environ["HYDRA_FULL_ERROR"] = "1"
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads crawl when other processes need the cores
    STOP.install()
    try:
        prepared = prepare(arguments)
        if not SINGLE_FLAGS & set(prepared):
            check_limits(*LIBRARIES)
        try:
            _hand_to_hydra(prepared)
        except SweepMeant:
            _hand_to_hydra(prepare(["--multirun", *arguments]))
    except JobError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (UserError, HydraException, OmegaConfBaseException, ImportError) as error:
        print(f"error: {explain(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as signalled:
        return _interrupted(signalled)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1 if stop.code else 0
    except Exception as error:
        if STOP.asked:  # the error may come from what the signal cut short
            STOP.end()
        lost = "memory ran out" if is_out_of_memory(error) else worker_failure(error)
        if not lost:
            raise
        print(f"stopped: {lost}; finished runs are kept, {STOP.next_time}", file=sys.stderr)
        _report_so_far()
        return 1
    return 0


def _hand_to_hydra(arguments: Sequence[str]) -> None:
    """Register what Hydra composes from, and let it parse, compose, and call `_task` for each run."""
    register_choices(arguments)
    compose_once(arguments)
    sys.argv[1:] = arguments
    hydra.main(config_path=str(data_folder("conf")), config_name="config", version_base="1.3")(_task)()


def register_choices(arguments: Sequence[str]) -> None:
    """Register what Hydra composes from: the schema, the named sweeps, and a resolver that they use."""
    register()
    forget_plugins_own()
    OmegaConf.register_new_resolver("alternate", alternate, replace=True)
    chosen = next((name for name in given(arguments, "sweep") if name != "null"), None)
    quick = given(arguments, "profile")[-1:] == ["quick"]
    register_sweeps(sweep_files(config_dir_of(arguments)), chosen, quick)


def alternate(turn: int, repeat: int, first: Any, second: Any) -> Any:
    """Return `first` then `second` in even repeats, the reverse in odd ones (AB BA AB ...), for fair timing."""
    return (first, second)[(int(turn) + int(repeat)) % 2]


def _task(composed: DictConfig) -> None:
    """Make one run, alone or as part of a sweep."""
    with importing():
        from nst.sweep.task import run_alone, run_in_sweep
    hydra_config = HydraConfig.get()
    if hydra_config.mode == RunMode.MULTIRUN:
        run_in_sweep(composed, hydra_config.job.num)
    else:
        run_alone(composed)


def _interrupted(signalled: KeyboardInterrupt) -> int:
    """Print that finished runs are kept, report them unless another signal comes, and return the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    number = signal.SIGTERM if isinstance(signalled, Terminated) else signal.SIGINT
    print(f"\n{STOP.said[number]}", file=sys.stderr)
    try:
        _report_so_far()
    except Exception as error:  # such as an import that was cut short
        print(f"report: could not be written ({explain(error)})", file=sys.stderr)
    return 128 + number


def _report_so_far() -> None:
    callback = sys.modules.get("nst.sweep.hydra.callback")  # an import cut short cannot be repeated
    current = getattr(getattr(callback, "SweepCallback", None), "current", None)
    if current is not None:
        from nst.sweep.scheduler import report

        report(current)


if __name__ == "__main__":
    main()
