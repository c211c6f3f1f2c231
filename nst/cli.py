"""Report mistakes on a command line as one line instead of argparse's usage page."""

import argparse
from collections.abc import Sequence

from nst.errors import UserError, did_you_mean
from nst.terminal import steady_streams


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse a command line; raises `UserError` for a flag that is unknown, abbreviated, or has a wrong value."""
    steady_streams()
    parser.exit_on_error = parser.allow_abbrev = False
    try:
        found, unknown = parser.parse_known_args(arguments)
    except argparse.ArgumentError as error:
        raise UserError(str(error)) from None
    for argument in unknown:
        if not argument.startswith("-"):
            raise UserError(f"'{argument}' is not a flag; --help shows them")
        flag = argument.partition("=")[0]
        raise UserError(f"{flag}: no such flag{did_you_mean(flag, _flags(parser))}")
    return found


def _flags(parser: argparse.ArgumentParser) -> list[str]:
    """Return the long flags."""
    return [flag for action in parser._actions for flag in action.option_strings if flag.startswith("--")]
