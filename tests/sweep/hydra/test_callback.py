import shutil
import sys
from pathlib import Path

import pytest
from omegaconf import OmegaConf
from stored import record_done

from nst.errors import UserError
from nst.pictures.find import find
from nst.store.files.atomic import read_json, write_json
from nst.store.files.names import ERROR
from nst.store.plan import Plan, PlannedRun
from nst.store.provenance import now
from nst.store.store import Store
from nst.sweep.hydra import callback
from nst.sweep.hydra.callback import check_plan, command_line, sweep_overrides
from nst.sweep.scheduler import Sweep, finish

from ..command import Command, Transfers

SEEDS = "seed=0,1"


def a_plan(*varied: str) -> Plan:
    jobs = tuple(PlannedRun(f"{n:012x}", f"seed {n}", {"seed": n}, (f"seed={n}",)) for n in range(2))
    return Plan("mine", None, "", "nst", now().isoformat(), varied, {}, {}, jobs)


@pytest.fixture
def ending(store: Store, no_report: None) -> Sweep:
    """A sweep of two runs at its end."""
    return Sweep(store, a_plan("seed"), ())


def test_the_end_is_0_where_all_is_done(ending: Sweep, capsys: pytest.CaptureFixture[str]) -> None:
    for key in ("0" * 12, "0" * 11 + "1"):
        record_done(ending.store.run(key), evaluations=1)
    with pytest.raises(SystemExit) as stop:
        finish(ending, is_recalled=False)
    assert stop.value.code == 0
    assert capsys.readouterr().err == "report: index.html\n"


def test_the_end_is_1_and_names_what_failed(ending: Sweep, capsys: pytest.CaptureFixture[str]) -> None:
    write_json(ending.store.run("0" * 12) / ERROR, {"type": "Diverged", "message": "the loss is nan"})
    with pytest.raises(SystemExit) as stop:
        finish(ending, is_recalled=False)
    assert stop.value.code == 1
    assert capsys.readouterr().err.splitlines()[1:] == [
        f"failed: seed=0: the loss is nan (rerun=failed tries it again)  ({ending.store.run('0' * 12)})",
        f"failed: seed=1: not made  ({ending.store.run('0' * 11 + '1')})",
    ]


def test_overrides_of_the_file_come_before_those_of_the_command_line() -> None:
    config = OmegaConf.create({"hydra": {"sweeper": {"params": {"size": "1,2"}}, "overrides": {"task": ["size=3"]}}})
    assert sweep_overrides(config) == ["size=1,2", "size=3"]
    config.hydra.sweeper.params = None
    assert sweep_overrides(config) == ["size=3"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--multirun", "sweep=sizes", "profile=quick"], "python -m nst.run sweep=sizes profile=quick"),
        (["-m", "seed=0,1"], "python -m nst.run -m seed=0,1"),
        (["--multirun", "style='a b.jpg'"], """python -m nst.run -m 'style='"'"'a b.jpg'"'"''"""),
    ],
)
def test_the_command_can_be_typed_again(arguments: list[str], line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["run.py", *arguments])
    assert command_line() == line


def test_timed_runs_refuse_company() -> None:
    config = OmegaConf.create({"hydra": {"runtime": {"choices": {"hydra/launcher": "joblib"}}}})
    with pytest.raises(UserError, match="^hydra/launcher=joblib: repeats are for timing"):
        check_plan(config, a_plan("repeat"))
    check_plan(config, a_plan("seed"))
    config.hydra.runtime.choices["hydra/launcher"] = "basic"
    check_plan(config, a_plan("repeat"))


def test_a_plan_runs_nothing_and_leaves_nothing(nst: Command, transfers: Transfers) -> None:
    answer = nst.sweep(SEEDS, "plan=true")
    assert (answer.code, answer.out) == (0, "")
    assert answer.lines[0].endswith(": 2 runs, 2 to do")
    assert [line.split()[0] for line in answer.lines[1:3]] == ["pending", "pending"]
    assert answer.lines[1].endswith("seed 0") and answer.lines[2].endswith("seed 1")
    assert answer.lines[3] == "no earlier runs to estimate the time from"
    assert transfers.seeds == []
    assert list(nst.folder.iterdir()) == []


def test_a_plan_tells_what_is_done_and_how_long_the_rest_takes(
    nst: Command, transfers: Transfers, no_report: None
) -> None:
    transfers.errors[1] = OSError("no disk")
    nst.sweep(SEEDS)
    before = nst.jobs()
    answer = nst.sweep("seed=0,1,2", "plan=true")
    assert ": 3 runs, 1 done, 1 failed, 2 to do, about 0:0" in answer.lines[0]
    assert [line.split()[0] for line in answer.lines[1:]] == ["done", "failed", "pending"]
    assert nst.jobs() == before and len(nst.sweeps()) == 1


def test_equal_runs_are_made_once(nst: Command, transfers: Transfers, no_report: None) -> None:
    answer = nst.sweep("content_layers=conv_1,conv1_1")
    assert ": 2 runs, 1 distinct, 1 to do" in answer.lines[0]
    assert answer.code == 0 and [line[:5] for line in answer.lines[1:]] == ["[1/2]", "repor"]
    assert transfers.seeds == [0]


def test_one_run_of_a_sweep_is_no_plural(nst: Command) -> None:
    assert ": 1 run, 1 to do" in nst.sweep("seed=3", "plan=true").lines[0]


def test_runs_of_a_plan_can_be_counted_before_they_are_made(nst: Command, no_report: None) -> None:
    """The plan is on disk before the first run starts, and knows every run."""
    nst.sweep(SEEDS)
    (name,) = nst.sweeps()
    plan = read_json(nst.store.sweep(name) / "plan.json") or {}
    assert plan["varied"] == ["seed"] and len(plan["jobs"]) == 2
    assert plan["command"].startswith("python -m nst.run -m size=32")
    assert {job["signature"] for job in plan["jobs"]} == set(nst.jobs())


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        (["seed=0,-1"], "error: seed=-1: must be from 0 to 2**63 - 1 (in the run with seed=-1)"),
        (["seed=0,1", "output=me.png"], "error: output=me.png: is for a single run;"),
        (["seed=0,1", "rerun=al"], "error: rerun=al: unknown;"),
        (["seed=0,1", "name=a/b"], "error: name=a/b: use letters"),
        (["seed=interval(0,1)"], "error: BasicSweeper does not support sweep type"),
        (["seed=0,1", "hydra/launcher=nobody"], "error: hydra/launcher=nobody: no such choice"),
        (["seed=0,1", "+typo=3"], "error: unknown key 'typo'"),
        (["style=ihc,no_such_picture"], "error: style=no_such_picture: no picture named 'no_such_picture'"),
    ],
)
def test_one_wrong_run_stops_all(overrides: list[str], line: str, nst: Command, transfers: Transfers) -> None:
    answer = nst.sweep(*overrides)
    assert (answer.code, answer.out, len(answer.lines)) == (2, "", 1)
    assert answer.err.startswith(line)
    assert transfers.seeds == [] and list(nst.folder.iterdir()) == []


def test_a_store_that_cannot_be_written(nst: Command, transfers: Transfers) -> None:
    Path("file").touch()
    answer = nst.sweep(SEEDS, "runs_dir=file")
    assert answer.code == 2 and answer.lines[-1].startswith("error: ") and "file" in answer.lines[-1]
    assert "Traceback" not in answer.err and transfers.seeds == []


def test_a_fault_of_ours_is_no_mistake_of_the_users(nst: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "make_plan", lambda *_, **__: 1 / 0)
    answer = nst.sweep(SEEDS)
    assert answer.code == 1 and "ZeroDivisionError" in answer.err
    assert list(nst.folder.iterdir()) == []


def test_all_means_each_once_in_a_call(nst: Command, transfers: Transfers, no_report: None) -> None:
    nst.sweep(SEEDS)
    assert transfers.seeds == [0, 1]
    for times in (2, 3):
        nst.sweep("seed=0,1,1", "rerun=all")
        assert transfers.seeds == [0, 1]
        assert [nst.store.attempt(key) for key in nst.jobs()] == [times, times]


def test_runs_that_the_report_cannot_tell_apart_are_named(nst: Command) -> None:
    for folder, name in (("a", "coffee"), ("b", "ihc")):
        Path(folder).mkdir()
        shutil.copy(find(name), Path(folder, f"x{find(name).suffix}"))
    paths = [str(path) for folder in "ab" for path in Path(folder).iterdir()]
    assert "told alike" not in nst.sweep(f"style={','.join(paths)}", "plan=true").err
    answer = nst.sweep(f"style={','.join(f'[{path},chelsea]' for path in paths)}", "plan=true")
    assert answer.code == 0 and answer.lines[0].endswith(
        ": differ in no key, so the report takes them for repeats of one run"
    )
    assert all(path in answer.lines[0] for path in paths)
    for other in ("repeat=0,1", "style=ihc,ihc", "threads=1"):
        assert "differ in no key" not in nst.sweep(other, "plan=true").err


def test_further_losses_can_be_given_whole(nst: Command, transfers: Transfers, no_report: None) -> None:
    assert nst.tiny("losses={a: {loss: tv, weight: 3}}").code == 0
    assert nst.sweep("losses={a: {loss: tv, weight: 3}},{a: {loss: tv, weight: 30}}", "steps=1").code == 0
    terms = [spec.term("a") for spec in transfers.specs]
    assert [term and (term.loss, term.weight) for term in terms] == [("tv", 3), ("tv", 3), ("tv", 30)]
    plan = read_json(nst.store.sweep(nst.sweeps()[0]) / "plan.json") or {}
    assert plan["varied"] == ["losses.a.weight"]


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("report.layout=gird", "did you mean 'grid'"),
        ("report.crop=[1,2]", "not four numbers"),
        ("report.rows=content_layer", "did you mean 'content_layers'"),
        ("report.compare.key=sead", "compare.key=sead'; did you mean 'seed'"),
        ("report.compare={key:seed,base:7}", "has seed=7; choose from 0, 1"),
        ("report.tradeoff.over=sead", "tradeoff.over=sead'; did you mean 'seed'"),
        ("report.tradeoff.method=styl_loss", "tradeoff.method=styl_loss'; did you mean 'style_loss'"),
        ("+report.compare.kye=seed", "unknown key 'compare.kye'; did you mean 'key'"),
    ],
)
def test_report_settings_that_make_no_sense_are_refused_before_anything_is_made(
    nst: Command, transfers: Transfers, setting: str, words: str
) -> None:
    answer = nst.sweep("seed=0,1", setting)
    assert answer.code == 2 and transfers.seeds == [] and nst.sweeps() == []
    (line,) = answer.lines
    assert line.startswith("error: report: ") and words in line


@pytest.mark.parametrize("rows", ["losses.smooth.weight", "size"])
def test_rows_may_be_of_a_key_that_is_the_same_everywhere(rows: str, nst: Command) -> None:
    smooth = ("losses.smooth.loss=tv", "losses.smooth.weight=2")
    answer = nst.sweep("init=content,noise", *smooth, f"report.rows={rows}", "report.cols=init")
    assert answer.code == 0 and answer.lines[-1].startswith("report: "), answer.err


def test_rows_of_a_key_that_no_run_has_are_refused(nst: Command) -> None:
    answer = nst.sweep("init=content,noise", "report.rows=losses.smoth.weight", "losses.smooth.loss=tv")
    assert answer.code == 2
    assert answer.err == ("error: report: unknown key 'losses.smoth.weight'; did you mean 'losses.smooth.weight'?\n")
