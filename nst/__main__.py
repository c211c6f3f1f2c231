"""nst: neural style transfer by optimisation, one run or a sweep of them.

    nst run content=photo.jpg style=~/art/picasso.jpg size=512 output=me.png
    nst run -m content_layers=conv_1,conv_3,conv_5      # several values: -m
    nst run sweep=content_layers profile=quick          # a named sweep

    nst run        make a picture, or the missing runs of a sweep and its report
    nst report     draw the report of a sweep again, with other axes
    nst store      list the runs there are, and remove what can go
    nst bench      time an evaluation against the plain loop and others
    nst writeup    make every sweep of the write-up, and its site
    nst papers     test what published papers claim, and build a page of it
    nst env        show versions, device and folders of this machine

`nst COMMAND --help` shows a command's arguments; `nst KEY=VALUE` means
`nst run KEY=VALUE`; `nst --version` prints the version.
To complete keys, choices and sweeps in bash: eval "$(nst -sc install=bash)"
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from nst.completion import complete
from nst.signals import AGAIN, SAID, STOP

COMMANDS = {
    "run": "nst.run",
    "report": "nst.report.__main__",
    "store": "nst.store.__main__",
    "bench": "nst.bench.__main__",
    "writeup": "nst.writeup.__main__",
    "papers": "nst.papers.__main__",
    "env": "nst.env",
}
"""Commands, and the modules whose `main` runs them."""
MAKERS = ("run", "writeup", "papers")
"""Commands that make runs, and resume."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; never returns."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if typed[:1] == ["-sc"] and typed[-1].startswith("query=") and (found := complete(COMMANDS)):
        print(" ".join(found))
        raise SystemExit(0)
    name, rest = split(typed)
    if name == "help":
        print((__doc__ or "").strip())
        raise SystemExit(0)
    if name not in COMMANDS:
        from nst.errors import did_you_mean

        print(f"error: '{name}' is not a command{did_you_mean(name, COMMANDS)}", file=sys.stderr)
        raise SystemExit(2)
    sys.argv[1:] = rest
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is imported: see nst.run
    STOP.begin(SAID if name in MAKERS else AGAIN)  # before the imports of the command, which take a second
    STOP.leave(import_module(COMMANDS[name]).main())


def split(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Return the command and its own arguments; keys and Hydra's flags without a command belong to `run`."""
    first, rest = (arguments[0] if arguments else "--help"), list(arguments[1:])
    if first in ("-h", "--help"):
        return "help", rest
    is_runs = first.startswith(("-", "~")) or "=" in first
    return ("run", list(arguments)) if is_runs else (first, rest)


if __name__ == "__main__":
    main()
