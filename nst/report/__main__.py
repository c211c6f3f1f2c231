"""Build the report of a sweep, or list the sweeps there are.

python -m nst.report
python -m nst.report content_layers --rows init --cols content_layers
python -m nst.report style_noises --crop 0,0,100,100
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nst.errors import UserError
from nst.report.plan import sweeps


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 0 when the report is there, 2 with one line on stderr when it was asked for wrongly."""
    asked = _parser().parse_args(argv)
    try:
        return _list(asked.runs_dir) if asked.name is None else _build(asked)
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m nst.report", description="Build the report of a sweep.")
    parser.add_argument("name", nargs="?", help="the sweep; without it, the sweeps there are")
    parser.add_argument("--rows", metavar="KEYS", help="key that goes down; several joined with commas")
    parser.add_argument("--cols", metavar="KEYS", help="key that goes across; several joined with commas")
    parser.add_argument("--crop", metavar="X,Y,W,H", help="region to enlarge, in pixels; all at most 1: in fractions")
    parser.add_argument("--runs-dir", metavar="DIR", type=Path, default=Path("runs"), help="the store (default: runs)")
    return parser


def _list(runs_dir: Path) -> int:
    names = sweeps(runs_dir)
    if not names:
        raise UserError(f"no sweeps in {runs_dir / 'sweeps'}")
    print("\n".join(names))
    return 0


def _build(asked: argparse.Namespace) -> int:
    from nst.report.build import build  # late: listing needs no matplotlib

    folder = build(asked.name, asked.runs_dir, rows=asked.rows, cols=asked.cols, crop=asked.crop)
    print(f"{folder / 'index.html'}\n{folder / 'grid.png'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
