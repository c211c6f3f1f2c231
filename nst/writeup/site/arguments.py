"""The arguments of `python -m nst.writeup`: overrides of `nst.run` for every sweep, and two words of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nst.errors import UserError, did_you_mean
from nst.sweep.hydra.argv import given

SITE_ONLY = "--site-only"
HELP = ("-h", "--help")
REFUSED = {
    "sweep": "the write-up runs all of its sweeps; for one: python -m nst.run sweep=NAME",
    "name": "every sweep of the write-up has a folder of its own",
    "output": "is for a single run; the pictures of the write-up are in its site",
}


@dataclass(frozen=True)
class Asked:
    """A command line: `overrides` go to every sweep, `plan` only tells the time, `site_only` computes nothing."""

    overrides: tuple[str, ...] = ()
    runs_dir: Path = Path("runs")
    plan: bool = False
    site_only: bool = False

    @property
    def site(self) -> Path:
        return self.runs_dir / "writeup"


def parse(arguments: Sequence[str]) -> Asked:
    """Read the command line into one record; `UserError` for what no sweep of the write-up can be given."""
    flags = [argument for argument in arguments if argument.startswith("-")]
    for flag in flags:
        if flag != SITE_ONLY:
            raise UserError(f"{flag}: unknown{did_you_mean(flag, (SITE_ONLY, '--help'))}")
    overrides = [argument for argument in arguments if argument not in flags]
    for override in overrides:
        _check(override)
    plan = given(overrides, "plan")[-1:] or ["false"]
    if plan[0].lower() not in ("true", "false"):
        raise UserError(f"plan={plan[0]}: must be true or false")
    folder = (given(overrides, "runs_dir")[-1:] or ["runs"])[0].strip("'\"")
    rest = tuple(override for override in overrides if _key(override) != "plan")
    return Asked(rest, Path(folder).expanduser(), plan[0].lower() == "true", bool(flags))


def _check(override: str) -> None:
    key = _key(override)
    if "=" not in override and not override.startswith("~"):
        raise UserError(f"{override}: must be KEY=VALUE, as for python -m nst.run")
    if key in REFUSED:
        raise UserError(f"{override}: {REFUSED[key]}")


def _key(override: str) -> str:
    return override.lstrip("+~").partition("=")[0]
