"""Write the pages of the documentation that are made from the code: `configuration.md` and `commands.md`.

python -m nst.docs
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nst.docs import commands, configuration
from nst.store.atomic import write_text

PAGES = {"configuration.md": configuration.page, "commands.md": commands.page}
"""File name -> what writes it."""


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 0, or 2 with one line on stderr."""
    parser = argparse.ArgumentParser("python -m nst.docs", description="Write the pages that are made from the code.")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("docs"), help="their folder (default: docs)")
    folder = parser.parse_args(argv).out
    try:
        for name, page in PAGES.items():
            write_text(folder / name, page())
            print(folder / name)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
