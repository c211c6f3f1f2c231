"""Whether a run is to be made, and the runs of an older version, which are found and never made again."""

import errno
import shutil
from pathlib import Path

import pytest
from golden.cases import absolute, spec
from specs import changed

from nst import engine as nst_engine
from nst.pictures.load import full_image
from nst.spec.records import Spec
from nst.spec.signature import signature
from nst.store.store import Record, State, Store
from nst.sweep.rerun import run_name, should_run
from sweep.command import Command, new_process

OLD = Path(__file__).parents[1] / "store" / "version_2"
COMMON = ("size=32", "threads=2", "precision=fp32", "device=cpu", "style=ihc")
SINGLE = {
    "9c540a4392f5": ("style_layers=[relu_1,conv_3]", "style_layer_weights=[1,2]", "tv_weight=2", "optimizer=adam",
                     "steps=3", "pooling=avg"),
    "7d4bbdc9a37e": ("blend.source=chelsea", "blend.target=rocket", "blend.offset=[290,20]", "blend.mode=mixed",
                     "style_layers=conv_1-2", "steps=2"),
    "bde87a67c04d": ("content_weight=0", "init=gaussian", "seed=5", "preset=tutorial", "resize=lanczos",
                     "style_layers=conv_1-2", "steps=3"),
    "f7de5e4a8675": ("style_weight=0", "init=coffee", "content_layers=conv_3", "steps=3", "keep=best"),
    "fc310473ce20": ("optimizer.lr=1e30", "optimizer.clamp=none", "style_layers=conv_1-2", "steps=5"),
}  # fmt: skip
FAILED = "fc310473ce20"


@pytest.fixture
def old_store(tmp_path: Path) -> Store:
    """A copy of a store that version 2 of the spec wrote, in `runs`."""
    shutil.copytree(OLD, tmp_path / "runs")
    return Store(tmp_path / "runs")


def old_spec(name: str) -> Spec:
    with new_process():
        return spec(*SINGLE[name], *COMMON, *absolute(SINGLE[name]))


@pytest.mark.parametrize("name", SINGLE)
def test_a_run_of_version_2_keeps_its_name(name: str, old_store: Store) -> None:
    found = old_spec(name)
    assert signature(found) != name
    assert run_name(old_store, found) == run_name(old_store, found, "never") == name


def test_what_is_to_be_made_again_gets_its_new_name(old_store: Store) -> None:
    for name, rerun in (("f7de5e4a8675", "all"), (FAILED, "all"), (FAILED, "failed")):
        found = old_spec(name)
        assert run_name(old_store, found, rerun) == signature(found)
    assert run_name(old_store, old_spec("f7de5e4a8675"), "failed") == "f7de5e4a8675"


def test_a_new_record_counts_before_an_old_one(old_store: Store) -> None:
    found = old_spec("f7de5e4a8675")
    old_store.run("f7de5e4a8675").rename(old_store.run(signature(found)))
    shutil.copytree(OLD / "jobs" / "f7de5e4a8675", old_store.run("f7de5e4a8675"))
    assert run_name(old_store, found) == signature(found)


def test_what_version_2_cannot_say_has_a_new_name(old_store: Store) -> None:
    found = changed(old_spec("f7de5e4a8675"), steps=4)
    assert run_name(old_store, found) == signature(found)


def test_an_old_sweep_is_done(old_store: Store, nst: Command) -> None:
    """All four runs are found under their old names: nothing is made, and the plan and the report name them."""
    assert nst.store == old_store
    before = nst.jobs()
    done = nst(
        "-m", "name=layers", "content_layers=conv_1,conv_2", "init=content,noise", "style_layers=conv_1-2", "steps=4",
        "frames_every=2", *COMMON, *absolute(()),
    )  # fmt: skip
    assert done.code == 0 and "4 runs, 4 done, nothing to do" in done.err
    assert nst.jobs() == before
    assert (old_store.report("layers") / "index.html").exists()


def test_an_old_sweep_that_is_made_again_is_the_same_sweep(old_store: Store, nst: Command) -> None:
    again = nst(
        "-m", "name=starts", "init=content,noise", "steps=3,4", "repeat=range(2)", "style_layers=conv_1-2", *COMMON,
        "rerun=all", "plan=true", *absolute(()),
    )  # fmt: skip
    assert again.code == 0 and "8 runs, 8 to do" in again.err
    assert "another sweep" not in again.err


@pytest.mark.parametrize(
    ("record", "rerun", "attempts", "expected"),
    [
        (Record(State.PENDING), "missing", 0, True),
        (Record(State.DONE, 1), "missing", 1, False),
        (Record(State.DONE, 1), "all", 1, True),
        (Record(State.DONE, 2), "all", 1, False),
        (Record(State.FAILED, 1, "OSError"), "missing", 1, True),
        (Record(State.FAILED, 1, "Diverged"), "missing", 1, False),
        (Record(State.FAILED, 1, "Diverged"), "failed", 1, True),
        (Record(State.FAILED, 1, "UserError"), "missing", 1, True),
        (Record(State.FAILED, 1, "UserError"), "never", 1, False),
        (Record(State.PENDING), "never", 0, False),
    ],
)
def test_what_is_made(record: Record, rerun: str, attempts: int, expected: bool) -> None:
    assert should_run(record, rerun, attempts) is expected


def test_an_input_that_was_away_for_a_moment_is_read_by_the_same_command(
    nst: Command, monkeypatch: pytest.MonkeyPatch, no_report: None
) -> None:
    """It is away between the plan and the runs, as a share on a network may be."""
    away = [True]
    real = nst_engine.load_inputs

    def load(spec: Spec, *rest: object) -> object:
        if away:
            full_image.cache_clear()
            monkeypatch.setattr(Path, "open", unreadable)
        try:
            return real(spec, *rest)
        finally:
            monkeypatch.setattr(Path, "open", opened)

    def unreadable(path: Path, *rest: object, **more: object) -> object:
        if path.suffix == ".png":
            raise OSError(errno.ESTALE, "Stale file handle", str(path))
        return opened(path, *rest, **more)

    opened = Path.open
    monkeypatch.setattr(nst_engine, "load_inputs", load)
    answer = nst.sweep("seed=0,1")
    assert answer.code == 1 and "failed: cannot read the picture" in answer.err and "Stale file handle" in answer.err
    away.clear()
    answer = nst.sweep("seed=0,1")
    assert answer.code == 0 and answer.err.count("done in") == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("frames_every=1",), "frames_every=1 changes"),
        (("frames_every=2",), ""),
        (("frames_every=9",), ""),
        (("checkpoint_every=1",), "checkpoint_every=1 changes"),
        (("trace_every=2",), "trace_every=2 changes"),
        (("threads=2",), "threads=2 changes"),
        (("threads=auto", "device=auto"), ""),
        (("deterministic=true", "frames_every=1"), "frames_every=1, deterministic=true change"),
        ((), ""),
    ],
)
def test_what_changes_nothing_on_a_finished_run_is_said(
    given: tuple[str, ...], said: str, nst: Command, no_report: None
) -> None:
    line = [f"{said} nothing on runs that are done; rerun=all makes them again"] if said else []
    nst.tiny("init=noise", "frames_every=2")
    answer = nst.tiny("init=noise", *given)
    assert answer.code == 0 and answer.lines[0].startswith("already done") and answer.lines[1:] == line
    answer = nst.sweep("init=noise", "seed=0", *given)
    assert answer.code == 0 and answer.lines[1:-1] == line


def test_checkpoints_of_runs_that_are_to_be_made_are_no_mistake(nst: Command, no_report: None) -> None:
    nst.tiny("init=noise")
    answer = nst.sweep("init=noise", "seed=0,1", "checkpoint_every=1", "frames_every=1", "plan=true")
    assert answer.lines[-1] == "frames_every=1 changes nothing on runs that are done; rerun=all makes them again"
