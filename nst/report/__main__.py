"""Build the report of a sweep, or of all, or list the sweeps there are.

python -m nst.report
python -m nst.report content_noises --rows init --cols seed --open
python -m nst.report style_noises --crop 0,0,100,100 --where init=uniform --format pdf,tex
python -m nst.report content_layers --watch
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

with importing():
    from nst.report.read.filter import parse_where, select
    from nst.report.read.layout import parse_crop
    from nst.store.plan import read_plan, sweeps
    from nst.store.store import Store


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; 0 if the report is written, 2 with one line on stderr if it was asked for wrongly."""
    STOP.allow_interrupts()
    try:
        asked = parse(_parser(), argv)
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
    parser.add_argument("name", nargs="?", help="the sweep; without it, the sweeps there are")
    parser.add_argument("--rows", metavar="KEYS", help="key that goes down; several joined with commas")
    parser.add_argument("--cols", metavar="KEYS", help="key that goes across; several joined with commas")
    parser.add_argument("--facet", metavar="KEYS", help="key with a grid for each of its values")
    parser.add_argument("--crop", metavar="X,Y,W,H", help="region to enlarge, in pixels; all at most 1: in fractions")
    parser.add_argument("--width", metavar="PIXELS", help="of grid.png and crops.png, at most (default: 2400)")
    parser.add_argument("--where", metavar="KEY=VALUE", action="append", default=[], help="only these runs; repeatable")
    parser.add_argument(
        "--format", metavar="LIST", type=_formats, help="some of html,png,pdf,csv,md,tex (default: all)"
    )
    parser.add_argument("--open", action="store_true", help="show the page in a browser")
    parser.add_argument("--watch", action="store_true", help="build it again whenever a run ends, until all have")
    parser.add_argument("--all", action="store_true", help="the reports of all sweeps, and a page that lists them")
    parser.add_argument("--runs-dir", metavar="DIR", type=Path, default=Path("runs"), help="the store (default: runs)")
    return parser


def _check(asked: argparse.Namespace) -> None:
    """Refuse options that make no sense together, before anything is written."""
    alone = {"rows", "cols", "facet", "crop", "width", "where", "watch", "name"}
    given = sorted(key for key in alone if getattr(asked, key))
    if asked.all and given:
        raise UserError(f"--all: builds every sweep as it is described; leave out {', '.join(given)}")
    if asked.name is None and not asked.all and (given or asked.format or asked.open):
        raise UserError("which sweep? python -m nst.report NAME ...; without options it lists them")


def _names(runs_dir: Path) -> list[str]:
    store = Store(runs_dir)
    names = sweeps(store)
    if not names:
        raise UserError(f"no sweeps in {store.sweeps}")
    return names


def _one(asked: argparse.Namespace) -> None:
    check_limits("nst.report.build")
    with importing():  # late: listing needs no matplotlib
        from nst.report.build import FORMATS, build, watch
        from nst.report.page.content import MAIN, written

    keys = {key: getattr(asked, key) for key in ("rows", "cols", "facet", "crop", "width")}
    make = partial(build, asked.name, asked.runs_dir, **keys, where=parse_where(asked.where))
    formats = asked.format or FORMATS
    folder = make(formats=formats)
    print("\n".join(str(folder / name) for name in (written(folder, formats) if asked.format else MAIN)), flush=True)
    _advise(asked)
    _open(asked, folder / "index.html")
    if asked.watch:
        watch(asked.name, asked.runs_dir, make, formats)


def _all(asked: argparse.Namespace) -> None:
    check_limits("nst.report.build")
    with importing():
        from nst.report.build import FORMATS, build, overview

    for name in _names(asked.runs_dir):
        try:
            print(build(name, asked.runs_dir, formats=asked.format or FORMATS) / "index.html", flush=True)
        except UserError as error:  # one foreign plan must not keep the others from their reports
            print(f"left out: {error}", file=sys.stderr)
    page = overview(asked.runs_dir)
    print(page)
    _open(asked, page)


def _formats(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text else ()


def _advise(asked: argparse.Namespace) -> None:
    """Tell the user if equal pixels are different parts of the pictures."""
    crop = parse_crop(asked.crop)
    plan = select(read_plan(Store(asked.runs_dir), asked.name), parse_where(asked.where))
    if crop and max(crop) > 1 and "size" in plan.varied:
        print(
            "note: the sizes vary, so a crop in pixels is a different part of each; give it in fractions, such as "
            "--crop 0.25,0.25,0.5,0.5",
            file=sys.stderr,
        )


def _open(asked: argparse.Namespace, page: Path) -> None:
    if asked.open and not webbrowser.open(page.absolute().as_uri()):
        raise UserError(f"--open: there is no browser here; the page is {page}")


if __name__ == "__main__":
    STOP.leave(main())
