"""Run all sweeps of the write-up, one after the other, each a process of its own, after saying how long they take."""

import signal
import subprocess
import sys
from collections.abc import Sequence

from nst.errors import UserError
from nst.memory.reuse import CACHES
from nst.store.plan import read_plan
from nst.store.store import Store
from nst.sweep.scheduler import Sweep, distinct
from nst.sweep.signals import STOP, Terminated
from nst.sweep.summary import kind, speeds
from nst.writeup.site import forecast
from nst.writeup.site.arguments import Asked
from nst.writeup.site.contents import command
from nst.writeup.site.plan import plan_all


def prepare(asked: Asked) -> tuple[Sweep, ...]:
    """Validate all sweeps, and print how long what is missing takes. `UserError` if one of them is wrong."""
    sweeps = plan_all(asked)
    shares = forecast.shares(sweeps)
    specs, known = [spec for share in shares for spec in share.missing], speeds(Store(asked.runs_dir))
    if {kind(spec) for spec in specs} - known.keys():
        print("timing a few evaluations on this machine ...", file=sys.stderr, flush=True)
    found = forecast.measure(specs, known)
    CACHES.release()
    print(forecast.table(shares, found), file=sys.stderr, flush=True)
    return sweeps


def run_all(sweeps: Sequence[Sweep], overrides: Sequence[str]) -> int:
    """Run the sweeps that are not done; 0, 1 if one of them failed, 2 at once if one refused to start.

    Raises `KeyboardInterrupt` (`Terminated`) if this process, or the sweep's own, was interrupted (terminated).
    """
    codes = [0]
    for sweep in sweeps:
        if is_done(sweep):
            print(f"{sweep.plan.name}: nothing to do", file=sys.stderr, flush=True)
            continue
        codes.append(_run(sweep.plan.sweep or sweep.plan.name, overrides))
        if codes[-1] == 2:
            return 2
    return int(any(codes))


def is_done(sweep: Sweep) -> bool:
    """Return whether a sweep's runs, its plan and its report are all there, so that it need not be started."""
    try:
        kept = read_plan(sweep.store, sweep.plan.name)
    except UserError:
        return False
    same = [run.signature for run in kept.runs] == [run.signature for run in sweep.plan.runs]
    page = sweep.store.report(sweep.plan.name) / "index.html"
    return same and page.is_file() and not any(forecast.is_missing(sweep, run) for run in distinct(sweep))


def left(sweeps: Sequence[Sweep]) -> int:
    stores: dict[str, Store] = {run.signature: sweep.store for sweep in sweeps for run in sweep.plan.runs}
    return sum(store.metrics(signature) is None for signature, store in stores.items())


def _run(name: str, overrides: Sequence[str]) -> int:
    code = run_sweep(name, overrides)
    if code in (130, 143):
        raise KeyboardInterrupt if code == 130 else Terminated
    if code < 0:
        print(f"sweep={name} was killed by signal {-code}; the same command resumes from here", file=sys.stderr)
    return code


def run_sweep(sweep: str, overrides: Sequence[str]) -> int:
    """Run a sweep to its end; returns its exit code, negative if a signal killed it.

    It is in a process group of its own: a terminal's Ctrl-C would reach it beside us, and the second time we pass it on
    would cut its report short. A `KeyboardInterrupt` passes once the sweep has ended, too.
    """
    child = subprocess.Popen([sys.executable, *command(sweep, overrides)], process_group=0)
    try:
        with STOP.deferred(child.terminate):
            return child.wait()
    except KeyboardInterrupt as stop:
        _end(child, stop)
        raise


def _end(child: "subprocess.Popen[bytes]", stop: KeyboardInterrupt) -> None:
    """Pass a signal on and wait; each further one is passed on as well, and does not wait at the other end."""
    while child.poll() is None:
        child.send_signal(signal.SIGTERM if isinstance(stop, Terminated) else signal.SIGINT)
        try:
            child.wait()
        except KeyboardInterrupt as again:
            stop = again
