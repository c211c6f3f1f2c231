"""Write the pictures of the pages, from the reports of the sweeps in `sweeps/methods`.

python -m nst.run sweep=gallery profile=quick
python -m docs.make.pictures gallery       # all of them, if none is named
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from nst.errors import UserError, did_you_mean
from nst.store.store import Store
from nst.sweep.files import sweep_files
from nst.terminal import parse

WIDEST = 1600
QUALITY = 85
FIGURES = {"tradeoffs": "tradeoff.png"}
"""Figures of sweeps that are shown by another one than the grid."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 2 after one line on stderr."""
    try:
        asked = parse(_parser(), argv)
        for name in _chosen(asked.sweep):
            path = asked.out / f"{name}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            figure = Store(asked.runs_dir).report(f"{name}-quick") / FIGURES.get(name, "grid.png")
            _smaller(figure).save(path, quality=QUALITY)
            print(path)
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _chosen(names: Sequence[str]) -> Sequence[str]:
    known = sorted(name for name, file in sweep_files().items() if file.parent.name == "methods")
    for name in names:
        if name not in known:
            raise UserError(f"{name}: no such sweep in sweeps/methods{did_you_mean(name, known)}")
    return names or known


def _smaller(path: Path) -> Image.Image:
    if not path.is_file():
        raise UserError(
            f"{path}: no such figure; python -m nst.run sweep={path.parents[1].name[:-6]} profile=quick makes it"
        )
    with Image.open(path) as file:
        image = file.convert("RGB")
    image.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    return image


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m docs.make.pictures", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sweep", nargs="*", help="sweeps in sweeps/methods (default: all)")
    parser.add_argument("--runs-dir", metavar="DIR", type=Path, default=Path("runs"), help="the store (default: runs)")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("docs/methods"), help="of the pictures (default: docs/methods)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
