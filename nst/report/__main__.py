"""Build the report of one sweep or of all, or list the sweeps.

python -m nst.report
python -m nst.report content_noises --rows init --cols seed --open
python -m nst.report style_noises --crop 0,0,100,100 --where init=uniform --format pdf,tex
python -m nst.report content_layers --watch
python -m nst.report content_layers --measure
python -m nst.report --all
"""
# ruff: noqa: E402

import argparse
import sys
import webbrowser
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from nst.signals import AGAIN, STOP

if __name__ == "__main__":
    STOP.begin(AGAIN)  # before the imports below, which take a while

from nst.errors import JobError, UserError, is_out_of_memory
from nst.memory.limits import check_limits
from nst.terminal import importing, parse
from nst.typed_values import user_path

with importing():
    from nst.report.read.filter import parse_where, select
    from nst.report.read.layout import parse_crop
    from nst.store.plan import read_plan, sweeps
    from nst.store.store import Store


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 if the report is written, 2 after one line on stderr for a user error."""
    STOP.allow_interrupts()
    try:
        asked = parse(_parser(), argv)
        asked.runs_dir = user_path("--runs-dir", asked.runs_dir)
        _check(asked)
        if asked.name is not None:
            _one(asked)
        elif asked.all:
            _all(asked)
        else:
            print("\n".join(_names(asked.runs_dir)))
        return 0
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (MemoryError, RuntimeError, JobError) as error:
        if not (isinstance(error, JobError) or is_out_of_memory(error)):
            raise
        print(f"error: {error if isinstance(error, JobError) else 'memory ran out'}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m nst.report", description="Build the report of a sweep.")
    parser.add_argument("name", nargs="?", help="name of the sweep; without it, list the sweeps")
    parser.add_argument("--rows", metavar="KEYS", help="key on the rows; several joined with commas")
    parser.add_argument("--cols", metavar="KEYS", help="key on the columns; several joined with commas")
    parser.add_argument("--facet", metavar="KEYS", help="key with one grid per value")
    parser.add_argument(
        "--crop", metavar="X,Y,W,H", help="region to enlarge, in pixels or (if all are at most 1) fractions"
    )
    parser.add_argument("--width", metavar="PIXELS", help="maximum width of grid.png and crops.png (default: 2400)")
    parser.add_argument("--tradeoff", metavar="KEYS", help="key of the methods to compare, and key of the weight")
    parser.add_argument("--where", metavar="KEY=VALUE", action="append", default=[], help="only these runs; repeatable")
    parser.add_argument("--format", metavar="LIST", type=_formats, help="any of html,png,pdf,csv,md,tex (default: all)")
    parser.add_argument("--open", action="store_true", help="show the page in a browser")
    parser.add_argument("--watch", action="store_true", help="rebuild it whenever a run ends, until all have ended")
    parser.add_argument("--measure", action="store_true", help="first measure the runs that have no measures yet")
    parser.add_argument("--patches", action="store_true", help="with --measure: also LP, a search for patches")
    parser.add_argument("--all", action="store_true", help="build all sweeps' reports, and a page that lists them")
    parser.add_argument("--runs-dir", metavar="DIR", type=Path, default=Path("runs"), help="the store (default: runs)")
    return parser


def _check(asked: argparse.Namespace) -> None:
    """Reject options that exclude each other, before anything is written."""
    alone = {"rows", "cols", "facet", "crop", "width", "tradeoff", "where", "watch", "name"}
    given = sorted(key for key in alone if getattr(asked, key))
    if asked.all and given:
        raise UserError(f"--all builds every sweep with its own settings; leave out {', '.join(given)}")
    if asked.patches and not asked.measure:
        raise UserError("--patches: goes with --measure")
    if asked.name is None and not asked.all and (given or asked.format or asked.open or asked.measure):
        raise UserError("which sweep? python -m nst.report NAME ...; without options it lists them")


def _names(runs_dir: Path) -> list[str]:
    store = Store(runs_dir)
    names = sweeps(store)
    if not names:
        raise UserError(f"no sweeps in {store.sweeps}")
    return names


def _one(asked: argparse.Namespace) -> None:
    check_limits("nst.report.build", "nst.report.figure.curves")
    with importing():  # late: listing needs no matplotlib
        import nst.report.figure.curves  # noqa: F401  # what draws, and Matplotlib
        from nst.report.build import FORMATS, build, check_formats, watch
        from nst.report.page.content import MAIN, written

    keys = {key: getattr(asked, key) for key in ("rows", "cols", "facet", "crop", "width", "tradeoff")}
    make = partial(build, asked.name, asked.runs_dir, **keys, where=parse_where(asked.where))
    formats = asked.format or FORMATS
    if asked.measure:
        check_formats(formats)
        make(formats=())  # refuses wrong keys now: measuring may take hours
        _measure(asked, asked.name)
    folder = make(formats=formats)
    print("\n".join(str(folder / name) for name in (written(folder, formats) if asked.format else MAIN)), flush=True)
    _advise(asked)
    _open(asked, folder / "index.html")
    if asked.watch:
        watch(asked.name, asked.runs_dir, make, formats)


def _all(asked: argparse.Namespace) -> None:
    check_limits("nst.report.build", "nst.report.figure.curves")
    with importing():
        import nst.report.figure.curves  # noqa: F401
        from nst.report.build import FORMATS, build
        from nst.report.overview import overview

    for name in _names(asked.runs_dir):
        try:
            _measure(asked, name)
            print(build(name, asked.runs_dir, formats=asked.format or FORMATS) / "index.html", flush=True)
        except UserError as error:  # one unreadable plan must not prevent the other reports
            print(f"left out: {error}", file=sys.stderr)
    page = overview(asked.runs_dir)
    print(page)
    _open(asked, page)


def _measure(asked: argparse.Namespace, name: str) -> None:
    """Measure what is not measured yet of a sweep, if that is asked for; a line on stderr for each run."""
    if not asked.measure:
        return
    with importing():  # late: without it, no report needs PyTorch
        from nst.store.upkeep.measure_runs import measure_missing

    store = Store(asked.runs_dir)
    runs = [(run.signature, run.title) for run in select(read_plan(store, name), parse_where(asked.where)).runs]
    measure_missing(store, runs, partial(print, file=sys.stderr, flush=True), patches=asked.patches)


def _formats(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text else ()


def _advise(asked: argparse.Namespace) -> None:
    """Tell the user if a crop in pixels shows different parts of the pictures."""
    crop = parse_crop(asked.crop)
    plan = select(read_plan(Store(asked.runs_dir), asked.name), parse_where(asked.where))
    if crop and max(crop) > 1 and "size" in plan.varied:
        print(
            "note: the sizes vary, so a crop in pixels shows a different part of each; give it in fractions, such as "
            "--crop 0.25,0.25,0.5,0.5",
            file=sys.stderr,
        )


def _open(asked: argparse.Namespace, page: Path) -> None:
    if asked.open and not webbrowser.open(page.absolute().as_uri()):
        raise UserError(f"--open: no browser found; the page is {page}")


if __name__ == "__main__":
    STOP.leave(main())
