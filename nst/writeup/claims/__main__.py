"""Test the write-up's statements on the runs of a sweep, and print the findings as Markdown.

python -m nst.writeup.claims
python -m nst.writeup.claims claims-quick --timing timing-quick
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nst.errors import UserError
from nst.report.read.load import load
from nst.terminal import parse
from nst.writeup.claims import UNTESTABLE, judge, markdown


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 if the findings are printed, 2 after one line on stderr for a user error."""
    parser = argparse.ArgumentParser("python -m nst.writeup.claims", description="Test the write-up's statements.")
    parser.add_argument("name", nargs="?", default="claims", help="sweep with the runs to test on (default: claims)")
    parser.add_argument("--timing", metavar="NAME", help="sweep with the times to test on (default: none)")
    parser.add_argument("--runs-dir", metavar="DIR", type=Path, default=Path("runs"), help="the store (default: runs)")
    try:
        asked = parse(parser, argv)
        timing = load(asked.timing, asked.runs_dir) if asked.timing else None
        print(markdown(judge(load(asked.name, asked.runs_dir), timing), UNTESTABLE))
        return 0
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
