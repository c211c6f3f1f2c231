"""Run every sweep of the write-up and build its site: figures, tables, and its statements beside measurements.

    python -m nst.writeup profile=quick              # built-in pictures, small; without profile=quick, the full sizes
    python -m nst.writeup profile=quick plan=true    # estimate the time; run nothing
    python -m nst.writeup profile=quick --site-only  # rebuild the site from the store
    python -m nst.writeup pictures=writeup picture_dirs=[my_pictures] pictures.impression_sunrise=water_lilies

KEY=VALUE is any override of `python -m nst.run`; it applies to every sweep. The same command resumes an earlier one
that stopped. Exit codes are those of nst.run: 0 all done; 1 a run failed; 2 the configuration is wrong and nothing was
started; 130 interrupted (Ctrl-C), 143 terminated (SIGTERM), both after building the site from finished runs.
"""
# ruff: noqa: E402

from collections.abc import Sequence

from nst.signals import STOP

if __name__ == "__main__":
    STOP.begin()  # before the imports below, which take a while

from nst.terminal import importing

with importing():
    from nst.site.arguments import Asked, parse
    from nst.site.command import begin, make
    from nst.writeup.site.contents import WRITEUP


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code. User errors print one line on stderr."""
    return begin(argv, __doc__, lambda arguments: make(parse(arguments, WRITEUP), _build))


def _build(asked: Asked) -> str:
    with importing():
        from nst.writeup.site.site import build

    return build(asked)


if __name__ == "__main__":
    STOP.leave(main())
