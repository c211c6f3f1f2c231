"""Write the pictures of the page on methods, from the reports of the sweeps in `sweeps/methods`.

python -m nst.run sweep=methods profile=quick        # and so on for each
python -m docs.make.pictures --runs-dir runs
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from nst.errors import UserError
from nst.store.store import Store
from nst.sweep.files import sweep_files
from nst.terminal import parse

WIDEST = 1600
QUALITY = 85


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 2 after one line on stderr."""
    try:
        asked = parse(_parser(), argv)
        for name in sorted(name for name, file in sweep_files().items() if file.parent.name == "methods"):
            path = asked.out / f"{name}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            _smaller(Store(asked.runs_dir).report(f"{name}-quick") / "grid.png").save(path, quality=QUALITY)
            print(path)
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _smaller(path: Path) -> Image.Image:
    if not path.is_file():
        raise UserError(
            f"{path}: no such grid; python -m nst.run sweep={path.parents[1].name[:-6]} profile=quick makes it"
        )
    with Image.open(path) as file:
        image = file.convert("RGB")
    image.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    return image


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m docs.make.pictures", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs-dir", metavar="DIR", type=Path, default=Path("runs"), help="the store (default: runs)")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("docs/methods"), help="of the pictures (default: docs/methods)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
