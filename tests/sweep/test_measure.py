"""The key `measure`: runs are measured at their end, earlier ones at the end of the sweep, and no other run is made."""

import json
from dataclasses import replace

import pytest

from nst.hardware.device import device_name
from nst.metrics.table import measure_names
from nst.report.__main__ import main
from nst.report.read.load import load
from nst.store.upkeep.measure_runs import CannotMeasure
from nst.sweep.summary import SECONDS_PER_PIXEL, estimate_seconds, pixels, speeds
from sweep.command import Command


def test_a_run_is_measured_at_its_end(nst: Command) -> None:
    answer = nst.tiny("measure=true")
    assert answer.code == 0 and "measured in " in answer.lines[-1]
    (job, files), *others = nst.jobs().items()
    assert not others and "measures.json" in files
    again = nst.tiny("measure=true")
    assert again.code == 0 and len(again.lines) == 1 and again.lines[0].startswith("already done")
    nst.tiny()
    assert nst.jobs().keys() == {job}


def test_without_the_key_nothing_is_measured(nst: Command) -> None:
    assert "measured" not in nst.tiny().err
    ((job, files),) = nst.jobs().items()
    assert "measures.json" not in files
    assert "measure" not in (nst.store.run(job) / "spec.yaml").read_text()
    assert "measured in " in nst.tiny("measure=patches").lines[-1]
    assert "local_patterns" in (nst.store.measures(job) or {})


def test_a_sweep_measures_what_was_made_before_in_the_same_folder(nst: Command) -> None:
    nst.sweep("seed=0,1", "init=noise", "name=noises")
    names = nst.sweeps()
    assert "content_fidelity" not in load("noises", nst.store.root)
    answer = nst.sweep("seed=0,1", "init=noise", "name=noises", "measure=true")
    assert answer.code == 0 and answer.err.count("measured in ") == 2 and nst.sweeps() == names
    frame = load("noises", nst.store.root)
    assert frame["global_effects_colours"].between(0, 1).all() and frame["gms_content"].dtype == "float64"
    results = (nst.store.report("noises") / "results.csv").read_text()
    assert "vgg_frechet_style" in results.splitlines()[0]
    page = (nst.store.report("noises") / "index.html").read_text()
    assert "colour distance to style" in page and "stroke scale (px)" in page
    assert nst.sweep("seed=0,1", "init=noise", "name=noises", "measure=true").err.count("measured in ") == 0


def test_a_report_measures_earlier_runs(nst: Command, capsys: pytest.CaptureFixture[str]) -> None:
    nst.sweep("seed=0,1", "init=noise", "name=noises")
    pictures = {job: (nst.store.run(job) / "image.png").stat().st_mtime_ns for job in nst.jobs()}
    root = str(nst.store.root)
    assert main(["noises", "--measure", "--where", "seed=1", "--format", "csv", "--runs-dir", root]) == 0
    assert [line[:5] for line in capsys.readouterr().err.splitlines()] == ["[1/1]"]
    assert load("noises", root)["content_fidelity"].isna().tolist() == [True, False]
    assert main(["--all", "--measure", "--patches", "--format", "csv", "--runs-dir", root]) == 0
    assert capsys.readouterr().err.count("measured in ") == 2
    assert {job: (nst.store.run(job) / "image.png").stat().st_mtime_ns for job in nst.jobs()} == pictures
    assert main(["noises", "--patches", "--runs-dir", root]) == 2
    assert capsys.readouterr().err == "error: --patches: goes with --measure\n"
    assert main(["--measure", "--runs-dir", root]) == 2


def test_a_run_that_cannot_be_measured_is_done(nst: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> float:
        raise CannotMeasure("memory ran out")

    monkeypatch.setattr("nst.sweep.runner.measure_stored", refuse)
    monkeypatch.setattr("nst.store.upkeep.measure_runs.measure_stored", refuse)
    answer = nst.tiny("measure=true")
    assert answer.code == 0 and answer.lines[-1] == "not measured: memory ran out"
    answer = nst.sweep("seed=0", "measure=true")
    assert answer.code == 0 and "not measured: memory ran out" in answer.err


@pytest.mark.parametrize(("value", "hint"), [("yes", ""), ("patch", " (did you mean 'patches'?)")])
def test_other_values_are_refused(nst: Command, value: str, hint: str) -> None:
    answer = nst.tiny(f"measure={value}")
    assert answer.code == 2 and answer.lines[0].startswith(f"error: measure={value}: must be false, true or patches")


def test_it_does_not_vary(nst: Command) -> None:
    assert nst.sweep("measure=true,false").lines[0].startswith("error: measure: takes one value")


def test_measuring_is_in_the_estimate(nst: Command) -> None:
    """By the pixels of the result: at first by a constant, then as long as it took in this store."""
    nst.tiny()
    ((job, _),) = nst.jobs().items()
    spec = nst.store.spec(job)
    assert spec is not None
    measured = replace(spec, runtime=replace(spec.runtime, measure="true"))
    first = speeds(nst.store)
    extra = (estimate_seconds([measured], first) or 0) - (estimate_seconds([spec], first) or 0)
    assert extra == pytest.approx(pixels(spec) * SECONDS_PER_PIXEL)
    nst.tiny("measure=true")
    path = nst.store.run(job) / "measures.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "seconds_measuring": 7.5}))
    then = speeds(nst.store)
    assert then.keys() == {(device_name("cpu"), "fp32")}
    extra = (estimate_seconds([measured], then) or 0) - (estimate_seconds([spec], then) or 0)
    assert extra == pytest.approx(7.5)


def test_every_measure_that_is_taken_is_stored_or_recorded(nst: Command) -> None:
    nst.tiny("measure=true")
    ((job, _),) = nst.jobs().items()
    assert set(measure_names(False)) <= {*(nst.store.measures(job) or {}), *(nst.store.metrics(job) or {})}
