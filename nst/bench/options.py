"""Parse and check the command line of the benchmarks."""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from nst.errors import UserError, did_you_mean
from nst.terminal import parse as parse_line

SIZES = range(32, 8193)
PRECISIONS = ("fp32", "fp32_winograd", "bf16")
"""Precisions of nst."""


def new_parser(program: str, text: str | None, default_sizes: str, *flags: str) -> argparse.ArgumentParser:
    """Return a parser whose help is a module's docstring, with the option for sizes."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog=program, description=text, formatter_class=formatter)
    parser.add_argument(*flags, "--sizes", dest="sizes", default=default_sizes, help="pixels per side (%(default)s)")
    return parser


def names(text: str, known: Iterable[str], option: str) -> list[str]:
    """Parse `a,b` as known names, each once."""
    known = list(known)
    found = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in found:
        if name not in known:
            raise UserError(f"{option} {name}: unknown{did_you_mean(name, known)}")
    if not found:
        raise UserError(f"{option}: name at least one of {', '.join(known)}")
    return found


def sizes(text: str) -> list[int]:
    """Parse `256,512` as pixels."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if not part.isdecimal() or int(part) not in SIZES:
            raise UserError(f"--sizes {part}: must be a whole number of pixels, {SIZES[0]} to {SIZES[-1]}")
    if not parts:
        raise UserError("--sizes: give at least one, as in 256,512")
    return list(dict.fromkeys(int(part) for part in parts))


def parse(
    parser: argparse.ArgumentParser, arguments: Sequence[str] | None, counts: Sequence[str]
) -> argparse.Namespace:
    """Add the options shared by all benchmarks; parse and check them; `counts`: options that must be above 0."""
    parser.add_argument(
        "--rounds", type=int, default=3, metavar="N", help="rounds, each with every engine once (%(default)s)"
    )
    parser.add_argument("--precisions", default="fp32,bf16", help="precisions of nst and tuned (%(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N (%(default)s)")
    parser.add_argument("--threads", default="auto", help="auto or a number (%(default)s)")
    parser.add_argument("--out", type=Path, default=Path("benchmarks"), metavar="DIR", help="folder of the tables")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows as a list of objects")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the table between this file's markers")
    options = parse_line(parser, arguments)
    options.precisions = names(options.precisions, PRECISIONS, "--precisions")
    options.sizes = sizes(options.sizes)
    options.threads = int(options.threads) if options.threads.isdecimal() else options.threads  # nst checks the range
    for name in ("rounds", *counts):
        value = getattr(options, name)
        if value is not None and value < 1:
            raise UserError(f"--{name.replace('_', '-')} {value}: must be 1 or more")
    return options
