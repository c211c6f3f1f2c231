"""Parse the arguments of a command that makes several sweeps and a page of them, and form those of each sweep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nst.errors import UserError, did_you_mean
from nst.sweep.hydra.argv import given, prepare
from nst.sweep.names import sweep_name
from nst.typed_values import user_path

SITE_ONLY = "--site-only"
_NOT_THE_RUNS = ("runs_dir=", "pictures", "picture_dirs", "rerun=", "fail_fast=", "threads=")


@dataclass(frozen=True)
class Program:
    """A command that makes several sweeps and a page of them.

    module: its name after `python -m`. title: of its page, in messages. folder: of its page, in the store. sweeps: the
    names of its sweeps, in order. refused: keys that they cannot take, each with the reason. timed: sweeps whose runs
    are timed, which workers would distort. flags: beside `--site-only` and `--help`.
    """

    module: str
    title: str
    folder: str
    sweeps: tuple[str, ...]
    refused: Mapping[str, str]
    timed: frozenset[str] = frozenset()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A command line: `overrides` go to every sweep, `plan` only estimates the time, `site_only` runs nothing."""

    program: Program
    overrides: tuple[str, ...] = ()
    runs_dir: Path = Path("runs")
    plan: bool = False
    site_only: bool = False

    @property
    def site(self) -> Path:
        """Return the folder of the page."""
        return self.runs_dir / self.program.folder

    @property
    def profile(self) -> str:
        """Return `quick`, or `quick, size=64 steps=20`: overrides for all runs belong to the findings."""
        about = [
            override
            for override in self.overrides
            if not (is_hydras(override) or override.lstrip("+~").startswith(_NOT_THE_RUNS))
        ]
        named = [override.partition("=")[2] for override in about if override.startswith("profile=")]
        others = [override for override in about if not override.startswith("profile=")]
        return ", ".join([named[-1] if named else "full", *([" ".join(others)] if others else [])])

    def command(self, sweep: str) -> list[str]:
        """Return the command of a sweep, after the interpreter."""
        return ["-m", "nst.run", *self.arguments(sweep)]

    def arguments(self, sweep: str) -> list[str]:
        """Return the arguments of `python -m nst.run` for one sweep; workers would distort timed runs."""
        alone = sweep in self.program.timed
        return [f"sweep={sweep}", *(one for one in self.overrides if not (alone and is_hydras(one)))]

    def hydra_overrides(self, sweep: str) -> list[str]:
        """Return the overrides of a sweep as `nst.run` passes them to Hydra."""
        return [argument for argument in prepare(self.arguments(sweep)) if not argument.startswith("-")]

    def folder_name(self, sweep: str) -> str:
        """Return the folder in `runs/sweeps` that a sweep fills."""
        return sweep_name(sweep, [one for one in self.hydra_overrides(sweep) if not is_hydras(one)], ())


def parse(arguments: Sequence[str], program: Program) -> Asked:
    """Parse the command line; raise `UserError` for arguments that the program's sweeps cannot take."""
    flags = [argument for argument in arguments if argument.startswith("-")]
    for flag in flags:
        if flag != SITE_ONLY:
            raise UserError(f"{flag}: unknown{did_you_mean(flag, (SITE_ONLY, *program.flags, '--help'))}")
    overrides = [argument for argument in arguments if argument not in flags]
    for override in overrides:
        if "=" not in override and not override.startswith("~"):
            raise UserError(f"{override}: must be KEY=VALUE, as for python -m nst.run")
        if _key(override) in program.refused:
            raise UserError(f"{override}: {program.refused[_key(override)]}")
    plan = given(overrides, "plan")[-1:] or ["false"]
    if plan[0].lower() not in ("true", "false"):
        raise UserError(f"plan={plan[0]}: must be true or false")
    folder = (given(overrides, "runs_dir")[-1:] or ["runs"])[0].strip("'\"")
    rest = tuple(override for override in overrides if _key(override) != "plan")
    return Asked(program, rest, user_path("runs_dir", folder), plan[0].lower() == "true", bool(flags))


def _key(override: str) -> str:
    return override.lstrip("+~").partition("=")[0]


def is_hydras(override: str) -> bool:
    """Return whether an override concerns how runs are launched, not the runs themselves."""
    return override.lstrip("+~").startswith(("hydra/", "hydra."))
