"""Write the pages of the project's own studies: what methods cost, ways to clamp L-BFGS, what bf16 costs, fidelity.

    python -m docs.make.studies                                        # every page, from stored measurements
    python -m docs.make.studies optimizers --sweep optimizers-quick    # one study anew, from its sweep

Each study is a sweep of that name (`sweep=optimizers`). `--sweep` stores its measurements in `benchmarks/NAME.csv`;
the page, `docs/NAME.md` (for `costs`, `docs/methods.md`), is made from these.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from docs.make.studies import costs, fidelity, optimizers, precision, resizing
from docs.make.studies.study import Study, read, to_csv
from nst.errors import UserError, did_you_mean
from nst.store.atomic import write_text
from nst.terminal import parse

STUDIES = {
    study.name: study for study in (costs.STUDY, fidelity.STUDY, optimizers.STUDY, precision.STUDY, resizing.STUDY)
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 2 after one line on stderr."""
    try:
        asked = parse(_parser(), argv)
        studies = [_study(name) for name in asked.study or STUDIES]
        if asked.sweep:
            _measure(studies, asked.sweep, asked.runs_dir, asked.results)
        for name in dict.fromkeys(study.on_page_of or study.name for study in studies):
            path = asked.out / STUDIES[name].file
            write_text(path, _page(STUDIES[name], asked.results))
            print(path)
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _page(study: Study, results: Path) -> str:
    runs = read(_results(results, study))
    others = [other for other in STUDIES.values() if other.on_page_of == study.name]
    parts = {other.name: other.parts(read(_results(results, other))) for other in others}
    return study.page(runs, **parts)


def _study(name: str) -> Study:
    if name not in STUDIES:
        raise UserError(f"{name}: no such study{did_you_mean(name, STUDIES)}")
    return STUDIES[name]


def _measure(studies: Sequence[Study], sweep: str, runs_dir: Path, results: Path) -> None:
    if len(studies) != 1:
        raise UserError(f"--sweep {sweep}: name the one study it belongs to: {', '.join(STUDIES)}")
    write_text(_results(results, studies[0]), to_csv(studies[0].measure(sweep, runs_dir)))


def _results(folder: Path, study: Study) -> Path:
    return folder / f"{study.name}.csv"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m docs.make.studies", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("study", nargs="*", help=f"{', '.join(STUDIES)} (default: all)")
    parser.add_argument("--sweep", metavar="NAME", help="sweep with the runs, as in runs/sweeps/NAME")
    parser.add_argument("--runs-dir", metavar="DIR", type=Path, default=Path("runs"), help="its store (default: runs)")
    parser.add_argument(
        "--results", metavar="DIR", type=Path, default=Path("benchmarks"), help="of the tables (default: benchmarks)"
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("docs"), help="folder of the pages (default: docs)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
