"""Parse command lines with one-line errors, and keep a closed or unread output stream from ending a run.

Control characters in file names and in messages of libraries are printed escaped: a terminal would obey them.
"""

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TextIO, cast

from nst.errors import UserError, broken_import, did_you_mean, is_out_of_memory

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that move a terminal's cursor, colour text or reverse its direction; not tabs and line ends."""


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Wrap the imports of a command: if one fails, print one line and exit with 2, or with 1 if memory ran out."""
    try:
        yield
    except Exception as error:
        print(f"error: {broken_import(error)}", file=sys.stderr)
        raise SystemExit(1 if is_out_of_memory(error) else 2) from None


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Steady the standard streams and parse a command line; raises `UserError` as `parse_flags` does."""
    steady_streams()
    return parse_flags(parser, arguments)


def parse_flags(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse arguments; raises `UserError` for a flag that is unknown, abbreviated, or has a wrong value."""
    parser.exit_on_error = parser.allow_abbrev = False
    try:
        found, unknown = parser.parse_known_args(arguments)
    except argparse.ArgumentError as error:
        raise UserError(str(error)) from None
    for argument in unknown:
        if not argument.startswith("-"):
            raise UserError(f"'{argument}' is not a flag; --help shows them")
        flag = argument.partition("=")[0]
        known = [name for action in parser._actions for name in action.option_strings if name.startswith("--")]
        raise UserError(f"{flag}: no such flag{did_you_mean(flag, known)}")
    return found


def printable(text: str) -> str:
    r"""Return `text` with its control characters escaped, such as `\x1b`."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Steady:
    """A text stream that escapes control characters if `escapes` is set, and is silent once nobody reads it."""

    def __init__(self, stream: TextIO, escapes: bool = True) -> None:
        self.stream, self.escapes = stream, escapes

    def write(self, text: str) -> int:
        """Write `text`; characters that the encoding lacks are escaped."""
        try:
            self.stream.write(printable(text) if self.escapes else text)
        except UnicodeEncodeError:
            encoding = self.stream.encoding or "ascii"
            self.stream.write(printable(text).encode(encoding, "backslashreplace").decode(encoding))
        except (OSError, ValueError):  # gone, or closed
            self._forget()
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        try:
            self.stream.flush()
        except (OSError, ValueError):
            self._forget()

    def _forget(self) -> None:
        """Discard all further output, including that of other libraries and of the interpreter's exit."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def steady_streams() -> None:
    """Replace the standard streams of this process by `Steady` ones; every command begins with this."""
    for number in (0, 1, 2):
        _open(number)
    sys.stdout, sys.stderr = _steady(sys.stdout), _steady(sys.stderr)


def plain(stream: TextIO) -> TextIO:
    """Return the stream without escaping, for output that is meant to move the cursor: bars and colours."""
    return cast(TextIO, Steady(stream.stream, escapes=False)) if isinstance(stream, Steady) else stream


def _open(number: int) -> None:
    """Reopen a closed stream on the null device: else the next file opened gets its number, and all that is printed."""
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)


def _steady(stream: Any) -> TextIO:
    return cast(TextIO, stream if isinstance(stream, Steady) else Steady(stream or open(os.devnull, "w")))
