"""Write the generated files: the pages on keys, columns and commands, and the notebooks.

python -m docs.make
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from docs.make import columns, commands, configuration
from docs.make.notebooks import notebook
from nst.errors import UserError
from nst.store.files.atomic import write_text
from nst.terminal import parse

PAGES = {"configuration.md": configuration.page, "columns.md": columns.page, "commands.md": commands.page}
"""File name -> function that returns its text."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 2 after one line on stderr."""
    try:
        asked = parse(_parser(), argv)
        for name, page in PAGES.items():
            _write(asked.out / name, page())
        for script in sorted(asked.notebooks.glob("*.py")):
            _write(script.with_suffix(".ipynb"), notebook(script))
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m docs.make", description="Write the generated pages and notebooks.")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("docs"), help="folder of the pages (default: docs)"
    )
    parser.add_argument(
        "--notebooks",
        metavar="DIR",
        type=Path,
        default=Path("notebooks"),
        help="folder of the scripts, and of the notebooks",
    )
    return parser


def _write(path: Path, text: str) -> None:
    write_text(path, text)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
