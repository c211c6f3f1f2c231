"""Write the pages of the project's own studies: what methods cost, ways to clamp L-BFGS, what bf16 costs, and others.

    python -m docs.make.studies                                        # every page, from stored measurements
    python -m docs.make.studies optimizers --sweep optimizers-quick    # one study anew, from its sweep

Each study is a sweep of that name (`sweep=optimizers`). `--sweep` stores its measurements in `benchmarks/NAME.csv`;
the page, `docs/NAME.md` (for `costs`, `docs/methods.md`), is made from these. Without a study's name, pages that were
never measured are left out.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from docs.make.pictures import QUALITY
from docs.make.studies import (
    costs,
    equal_loss,
    fidelity,
    first_step,
    optimizers,
    precision,
    preconditioner,
    resizing,
    schedules,
)
from docs.make.studies.study import Study, read, to_csv
from nst.errors import UserError, did_you_mean
from nst.store.files.atomic import write_text
from nst.terminal import parse

MODULES = (costs, equal_loss, fidelity, first_step, optimizers, precision, preconditioner, resizing, schedules)
STUDIES: dict[str, Study] = {module.STUDY.name: module.STUDY for module in MODULES}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 2 after one line on stderr."""
    try:
        asked = parse(_parser(), argv)
        studies = [_study(name) for name in asked.study or STUDIES]
        if asked.sweep:
            _measure(studies, asked)
        for name in dict.fromkeys(study.on_page_of or study.name for study in studies):
            path, results = asked.out / STUDIES[name].file, _results(asked.results, STUDIES[name])
            if not asked.study and not results.is_file():
                print(f"left out: {path}, for there is no {results}")
                continue
            write_text(path, _page(STUDIES[name], asked.results))
            print(path)
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _page(study: Study, results: Path) -> str:
    runs = read(_results(results, study))
    others = [other for other in STUDIES.values() if other.on_page_of == study.name]
    return study.page(runs, **{other.name: _parts(other, _results(results, other)) for other in others})


def _parts(study: Study, results: Path) -> dict[str, str] | None:
    """Return the parts of a study on another one's page; None if it was never measured and the page goes without it."""
    return None if study.is_optional and not results.is_file() else study.parts(read(results))


def _study(name: str) -> Study:
    if name not in STUDIES:
        raise UserError(f"{name}: no such study{did_you_mean(name, STUDIES)}")
    return STUDIES[name]


def _measure(studies: Sequence[Study], asked: argparse.Namespace) -> None:
    sweeps = ", ".join(asked.sweep)
    if len(studies) != 1:
        raise UserError(f"--sweep {sweeps}: name the one study it belongs to: {', '.join(STUDIES)}")
    study = studies[0]
    if len(asked.sweep) > 1 and not study.takes_several:
        raise UserError(f"--sweep {sweeps}: {study.name} is measured from one sweep")
    found = pd.concat([study.measure(sweep, asked.runs_dir) for sweep in asked.sweep], ignore_index=True)
    write_text(_results(asked.results, study), to_csv(found))
    if study.figure:
        path = asked.out / f"{study.name}.jpg"
        study.figure(asked.sweep[0], asked.runs_dir).save(path, quality=QUALITY)
        print(path)


def _results(folder: Path, study: Study) -> Path:
    return folder / f"{study.name}.csv"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m docs.make.studies", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("study", nargs="*", help=f"{', '.join(STUDIES)} (default: all)")
    parser.add_argument(
        "--sweep",
        metavar="NAME",
        action="append",
        help="sweep with the runs, as in runs/sweeps/NAME; studies of evaluations to equal losses take several",
    )
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
