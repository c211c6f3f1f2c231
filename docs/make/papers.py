"""Write the verdicts on the claims of papers into `docs/papers.md`, from a table of them.

python -m nst.papers profile=quick
python -m docs.make.papers runs/papers/papers.csv    # keep this table as benchmarks/papers.csv, then write the page
python -m docs.make.papers                           # write the page alone
"""

import argparse
import math
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from docs.make.markdown import table, words
from nst.errors import UserError
from nst.papers.library import papers
from nst.papers.site.judged import brief
from nst.statements.estimate import amount, short
from nst.store.files.atomic import write_text
from nst.terminal import parse

KEPT = ("paper", "claim", "words", "known", "statistic", "verdict", "unit", "effect", "low", "high", "n")
"""Columns of `papers.csv` that the page needs."""
BLOCK = re.compile(r"(?<=<!-- verdicts -->\n).*(?=<!-- /verdicts -->)", re.DOTALL)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 2 after one line on stderr."""
    try:
        asked = parse(_parser(), argv)
        if asked.table:
            write_text(asked.results, read(asked.table).to_csv(index=False, lineterminator="\n"))
        page = asked.page.read_text(encoding="utf-8")
        if not BLOCK.search(page):
            raise UserError(f"{asked.page}: has no place for verdicts, <!-- verdicts --> to <!-- /verdicts -->")
        write_text(asked.page, BLOCK.sub(lambda _: block(read(asked.results)), page))
        print(asked.page)
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def read(path: Path) -> pd.DataFrame:
    """Read a table of verdicts; raises `UserError` if it is none."""
    try:
        return pd.read_csv(path, keep_default_na=False, na_values=[""])[list(KEPT)]
    except (KeyError, ValueError) as error:
        raise UserError(f"{path}: is no table of verdicts, papers.csv of nst papers ({error})") from None


def block(found: pd.DataFrame) -> str:
    """Format how often each verdict was given, and a row for each finding."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in found["verdict"].value_counts().items())
    heads = ("paper", "claim", "measured", "verdict", "effect", "95 % interval", "n")
    about = f"{found.groupby(['paper', 'claim']).ngroups} claims with {len(found)} findings: {counts}."
    return f"{about}\n\n{table(heads, _rows(found), texts=4)}\n"


def _rows(found: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    cited = {paper.name: paper.cited for paper in papers()}
    before = ("", "")
    for row in found.to_dict("records"):
        here = (str(row["paper"]), str(row["claim"]))
        paper = cited.get(here[0], here[0]) if here[0] != before[0] else ""
        recalled = " (recalled, not verified)" if row["known"] == "memory" else ""
        claim = f"{row['words']}{recalled}" if here != before else ""
        before = here
        yield (
            *(words(text) for text in (paper, claim, brief(str(row["statistic"])), str(row["verdict"]))),
            *_numbers(row),
        )


def _numbers(row: dict[Any, Any]) -> tuple[str, str, str]:
    unit = "" if pd.isna(row["unit"]) else str(row["unit"])
    interval = f"{short(row['low'])} to {short(row['high'])}" if math.isfinite(row["high"] - row["low"]) else ""
    return amount(row["effect"], unit) if math.isfinite(row["effect"]) else "", interval, str(row["n"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m docs.make.papers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", nargs="?", type=Path, help="papers.csv, written by nst papers")
    for name, default, what in (
        ("--results", Path("benchmarks/papers.csv"), "where the table is kept"),
        ("--page", Path("docs/papers.md"), "the page"),
    ):
        parser.add_argument(name, metavar="FILE", type=Path, default=default, help=f"{what} (default: {default})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
