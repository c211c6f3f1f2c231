"""List the runs in a store, and make room in it.

    python -m nst.store                        every run: state, age, size, what it is and which sweeps name it
    python -m nst.store --failed               only those that failed, with the reason
    python -m nst.store --commands             the commands that make the runs again, one a line
    python -m nst.store --prune                what could be removed; --prune --yes removes it
    python -m nst.store --verify               read every file of every done run; with --yes forget damaged runs

--prune removes failed and half-written runs (unless they have a checkpoint to resume from), checkpoints of done runs,
temporary files of killed processes, and input pictures that no run uses; with --unreferenced also runs that no sweep's
plan names. A run that is being made stays; while there is one, so do the pictures and temporary files that runs share.
Files and folders with other names than nst gives stay, too, as does a run's folder with a file of yours in it.
"""
# ruff: noqa: E402

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from nst.signals import AGAIN, STOP

if __name__ == "__main__":
    STOP.begin(AGAIN)  # before the imports below, which take a while

from nst.errors import UserError, reason
from nst.terminal import importing, parse
from nst.typed_values import user_path

with importing():
    from filelock import Timeout

    from nst.store.files.names import METRICS
    from nst.store.store import State, Store
    from nst.store.upkeep.listing import Row, rows, size_of, table
    from nst.store.upkeep.prune import Removal, remove, survey


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code, 2 for a mistake, with one line on stderr."""
    try:
        typed = sys.argv[1:] if argv is None else list(argv)
        asked = parse(_parser(), typed)
        store = _store(asked)
        if asked.verify:
            return _verify(store, asked, typed)
        return _prune(store, asked, typed) if asked.prune else _list(store, asked)
    except (UserError, OSError) as error:
        print(f"error: {reason(error)}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m nst.store", description="List the runs in a store and make room in it.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--failed", action="store_true", help="only runs that failed, with the reason")
    which.add_argument("--commands", action="store_true", help="the commands that make the runs again, one per line")
    which.add_argument("--running", action="store_true", help="only runs that are being made now")
    which.add_argument("--verify", action="store_true", help="list done runs whose files are damaged")
    which.add_argument("--prune", action="store_true", help="list what could be removed, and how much room that frees")
    parser.add_argument("--unreferenced", action="store_true", help="with --prune: also runs that no sweep names")
    parser.add_argument(
        "--yes",
        action="store_true",
        help="with --prune: remove it; with --verify: forget those runs, so that they are made again",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.add_argument("--runs-dir", metavar="DIR", type=Path, default=Path("runs"), help="the store (default: runs)")
    return parser


def _store(asked: argparse.Namespace) -> Store:
    if asked.yes and not (asked.prune or asked.verify):
        raise UserError("--yes goes with --prune or --verify")
    if asked.unreferenced and not asked.prune:
        raise UserError("--unreferenced goes with --prune")
    root = user_path("--runs-dir", asked.runs_dir)
    if not root.is_dir():
        raise UserError(f"no store in {root}; --runs-dir says where it is")
    return Store(root)


def _list(store: Store, asked: argparse.Namespace) -> int:
    wanted = State.FAILED if asked.failed else State.RUNNING if asked.running else None
    found = [row for row in rows(store) if wanted in (None, row.state)]
    if asked.commands and not asked.json:
        print("\n".join(row.command or f"# no command is known for {row.signature}" for row in found))
        return 0
    print(json.dumps([asdict(row) for row in found], indent=2) if asked.json else _text(found, asked.failed))
    return 0


def _text(found: Sequence[Row], reasons: bool) -> str:
    if not found:
        return "no such runs"
    counts = [f"{sum(row.state == state for row in found)} {state}" for state in dict.fromkeys(r.state for r in found)]
    runs = f"{len(found)} run{'s' * (len(found) != 1)}"
    return f"{table(found, reasons)}\n{runs}: {', '.join(counts)}; {size_of(sum(row.bytes for row in found))}"


def _verify(store: Store, asked: argparse.Namespace, typed: Sequence[str]) -> int:
    """List the damaged runs; return 1 if any stay damaged."""
    found = {run: why for run in store.runs() if (why := store.damage(run.name, thorough=True))}
    forgotten = {run for run in found if asked.yes and _forget(store, run)}
    if asked.json:
        entries = [{"signature": run.name, "path": str(run), "reason": why} for run, why in found.items()]
        print(json.dumps(entries, indent=2))
    else:
        for run, why in found.items():
            print(f"{'forgotten' if run in forgotten else 'damaged'}: {run}: {why}")
        if not found:
            print("every done run is whole")
        elif not asked.yes:
            print(f"{len(found)} damaged: {_with_yes(typed)} forgets them, so that the same sweeps make them again")
    return int(len(forgotten) < len(found))


def _forget(store: Store, run: Path) -> bool:
    """Remove the `metrics.json` that makes a run count as done; False if it is being made, or is whole by now."""
    try:
        with store.lock(run.name).acquire(blocking=False):
            is_damaged = store.damage(run.name, thorough=True) is not None
            if is_damaged:
                (run / METRICS).unlink(missing_ok=True)
            return is_damaged
    except Timeout:
        return False


def _prune(store: Store, asked: argparse.Namespace, typed: Sequence[str]) -> int:
    found = survey(store, asked.unreferenced)
    answers = [(removal, remove(store, removal) if asked.yes else None) for removal in found.removals]
    removed = [removal for removal, why in answers if why is None]
    kept = found.kept | {removal.path: why for removal, why in answers if why is not None}
    if asked.json:
        print(json.dumps([asdict(removal) for removal in removed], indent=2, default=str))
    else:
        print(_removals(removed, None if asked.yes else typed))
    for path, why in kept.items():
        print(f"kept: {path}: {why}", file=sys.stderr)
    return 0


def _removals(removed: Sequence[Removal], typed: Sequence[str] | None) -> str:
    """List what was removed or, if `typed` is the command without `--yes`, what would be."""
    if not removed:
        return "nothing to remove"
    width = max(len(removal.reason) for removal in removed)
    lines = [f"{size_of(removal.bytes):>9}  {removal.reason:{width}}  {removal.path}" for removal in removed]
    total = size_of(sum(removal.bytes for removal in removed))
    end = f"removed: {total}" if typed is None else f"{total} could be removed: {_with_yes(typed)} does it"
    return "\n".join([*lines, end])


def _with_yes(typed: Sequence[str]) -> str:
    return shlex.join(["python", "-m", "nst.store", *typed, "--yes"])


if __name__ == "__main__":
    STOP.leave(main())
