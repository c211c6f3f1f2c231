"""Run the sweeps of published papers, test what the papers claim, and build a page of the verdicts.

    python -m nst.papers profile=quick              # all papers, small; without profile=quick, larger sizes
    python -m nst.papers profile=quick plan=true    # estimate the time; run nothing
    python -m nst.papers gatys2016 profile=quick    # only some papers, by name
    python -m nst.papers profile=quick --site-only  # rebuild the page from the store
    python -m nst.papers --list                     # list papers with their claims and sweeps

KEY=VALUE is any override of `python -m nst.run`; it applies to every sweep. The same command resumes an earlier one
that stopped. Exit codes are those of nst.run: 0 all done; 1 a run failed; 2 the configuration is wrong and nothing was
started; 130 interrupted (Ctrl-C), 143 terminated (SIGTERM), both after building the page from finished runs.
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

LIST = "--list"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code. User errors print one line on stderr."""
    return begin(argv, __doc__, _do)


def _do(arguments: Sequence[str]) -> int:
    with importing():
        from nst.papers.site.chosen import choose, listing, program

    papers, rest = choose(arguments)
    asked = parse([word for word in rest if word != LIST], program(papers, flags=(LIST,)))
    if LIST in rest:
        print(listing(papers))
        return 0
    return make(asked, _build)


def _build(asked: Asked) -> str:
    with importing():
        from nst.papers.site.site import build

    return build(asked)


if __name__ == "__main__":
    STOP.leave(main())
