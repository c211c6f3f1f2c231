"""The command that makes one run again."""

import shlex
from dataclasses import replace

import pytest

from nst.report.page.runs import command, retyped, typed
from nst.store.plan import Plan, PlannedRun

JOB = PlannedRun("abc", "a", {"style": "a"}, ("style=a", "seed=1"), "bf16")


def plan(text: str) -> Plan:
    return Plan("s", "s", "", text, "", ("style", "seed"), {}, {}, (JOB,))


@pytest.mark.parametrize(
    ("swept", "single"),
    [
        ("python -m nst.run sweep=grid profile=quick", "sweep=grid profile=quick style=a seed=1 precision=bf16"),
        ("python -m nst.run -m style=a,b seed=0,1 size=64", "size=64 style=a seed=1 precision=bf16"),
        ("python -m nst.run sweep=grid precision=fp32", "sweep=grid precision=fp32 style=a seed=1"),
        ("python -m nst.run sweep=grid precision=auto", "sweep=grid style=a seed=1 precision=bf16"),
        (
            "python -m nst.run -m style=a,b name=x rerun=all hydra/launcher=joblib hydra.launcher.n_jobs=2",
            "style=a seed=1 precision=bf16",
        ),
        (
            "python -m nst.run --config-dir conf sweep=mine",
            "--config-dir conf sweep=mine style=a seed=1 precision=bf16",
        ),
        ("", "style=a seed=1 precision=bf16"),
        ("an 'open quote", "style=a seed=1 precision=bf16"),
    ],
)
def test_the_sweeps_command_with_one_value_each(swept: str, single: str) -> None:
    assert command(JOB, plan(swept)) == f"python -m nst.run {single}"


def test_what_a_shell_would_take_apart_stays_together() -> None:
    evil = "style='/a b/$(rm -rf ~)\"<script>.jpg'"
    job = replace(JOB, overrides=(evil,))
    assert evil in shlex.split(command(job, plan("python -m nst.run sweep=grid")))


def test_single_quotes_stay_readable() -> None:
    words = ["runs_dir='/a b'", "x=$HOME'", "plain=1"]
    assert typed(words).startswith("\"runs_dir='/a b'\" ") and shlex.split(typed(words)) == words
    assert retyped("a 'open") == "a 'open"
