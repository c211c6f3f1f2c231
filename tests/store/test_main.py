"""`python -m nst.store`: the table, what is removed, and done runs whose files changed."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from PIL import Image
from stored import record_done
from sweep.command import Command, Transfers

from nst.pictures.tensors import encode_png, picture_hash
from nst.spec.records import Spec
from nst.spec.signature import to_dict
from nst.store.__main__ import main
from nst.store.files.atomic import write_bytes, write_json, write_text
from nst.store.files.names import CHECKPOINT, ERROR, IMAGE, METRICS
from nst.store.store import State, Store
from nst.store.upkeep.listing import WIDTH, age_of, size_of
from nst.store.upkeep.prune import remove, survey

from .test_store import held_by_another_process

DONE, FAILED, HALF, LONELY, RESUMABLE = (letter * 12 for letter in "abcde")
COLOURS = ("red", "green", "blue")
USED, WANTED, FORGOTTEN = (picture_hash(Image.new("RGB", (2, 2), colour)) for colour in COLOURS)
Ask = Callable[..., tuple[int, str, str]]
RUN = ("size=32", "steps=2", "style_layers=conv_1", "content_layers=conv_1", "device=cpu", "threads=2")


@pytest.fixture
def full(store: Store, small: Spec) -> Store:
    """A store with a run of each kind; two sweeps name the one that is done, and one those that are not."""
    for key in (DONE, FAILED, HALF, LONELY, RESUMABLE):
        write_text(store.run(key) / "spec.yaml", yaml.safe_dump(to_dict(small)))
    for key, used in ((DONE, USED), (LONELY, WANTED)):
        record_done(store.run(key), evaluations=2, inputs={"content": used, "style": None})
    for colour in COLOURS:
        image = Image.new("RGB", (2, 2), colour)
        write_bytes(store.picture(picture_hash(image)), encode_png(image, {}))
    write_json(store.run(FAILED) / ERROR, {"type": "Diverged", "message": "the loss\nis nan", "inputs": {}})
    write_bytes(store.run(RESUMABLE) / CHECKPOINT, b"tensors")
    for sweep, keys in (("first", (DONE, FAILED, HALF, RESUMABLE)), ("second", (DONE,))):
        jobs = [{"signature": key, "label": f"seed {n}"} for n, key in enumerate(keys)]
        write_json(store.sweep(sweep) / "plan.json", {"jobs": jobs})
    return store


@pytest.fixture
def ask(full: Store, capsys: pytest.CaptureFixture[str]) -> Ask:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--runs-dir", str(full.root)])
        return code, *capsys.readouterr()

    return run


def left(store: Store) -> set[str]:
    return {path.name[0] for path in store.root.glob("jobs/*")}


def test_the_table(ask: Ask) -> None:
    code, out, err = ask()
    head, *lines, last = out.splitlines()
    assert (code, err) == (0, "") and head.split() == ["signature", "state", "age", "size", "sweeps", "what"]
    by_run = {line.split()[0]: line for line in lines}
    assert by_run[DONE].split()[1] == "done" and "first +1" in by_run[DONE]
    assert "seed 0; chelsea + ihc, content, 32 px, 2 steps" in by_run[DONE]
    assert [by_run[key].split()[1] for key in (FAILED, HALF)] == ["failed", "pending"]
    assert last.startswith("5 runs: ") and {"2 done", "1 failed", "2 pending"} <= set(
        last[8:].split(";")[0].split(", ")
    )
    assert max(map(len, out.splitlines())) <= WIDTH


def test_the_reasons(ask: Ask) -> None:
    _, out, _ = ask("--failed")
    _, line, last = out.splitlines()
    assert line.startswith(FAILED) and line.endswith("the loss is nan") and last.startswith("1 run: 1 failed; ")


def test_what_runs(ask: Ask, full: Store) -> None:
    assert ask("--running")[1] == "no such runs\n"
    for key in (HALF, "f" * 12):
        with held_by_another_process(full.root / "locks" / f"{key}.lock"):
            assert ask("--running")[1].splitlines()[1].split()[:2] == [key, "running"]


def test_the_commands(full: Store, ask: Ask) -> None:
    overrides = {"signature": DONE, "label": "a", "overrides": ["seed=1"], "precision": "fp32"}
    write_json(
        full.sweep("first") / "plan.json", {"jobs": [overrides], "command": "python -m nst.run -m seed=0,1 size=64"}
    )
    write_json(full.run(LONELY) / "provenance.json", {"argv": ["nst", "size=32", "output=a.png"], "precision": "bf16"})
    code, out, err = ask("--commands")
    lines = out.splitlines()
    assert (code, err, len(lines)) == (0, "", 5)
    assert "python -m nst.run size=64 seed=1 precision=fp32" in lines
    assert "python -m nst.run size=32 precision=bf16" in lines
    assert f"# no command is known for {FAILED}" in lines
    found = {row["signature"]: row["command"] for row in json.loads(ask("--json")[1])}
    assert found[DONE] == "python -m nst.run size=64 seed=1 precision=fp32" and found[FAILED] is None


def test_for_programs(ask: Ask) -> None:
    rows = {row["signature"]: row for row in json.loads(ask("--json")[1])}
    assert rows[DONE]["sweeps"] == ["first", "second"] and rows[LONELY]["sweeps"] == []
    assert rows[FAILED]["reason"] == "the loss is nan" and rows[DONE]["bytes"] > 100
    removals = json.loads(ask("--prune", "--json")[1])
    assert {removal["run"] for removal in removals} == {FAILED, HALF, None}


def test_nothing_goes_without_a_yes(ask: Ask, full: Store) -> None:
    code, out, _ = ask("--prune")
    lines = out.splitlines()
    assert code == 0 and [line.split("  ")[-1].split("/")[-1] for line in lines[:-1]] == [
        FAILED,
        HALF,
        f"{FORGOTTEN}.png",
    ]
    assert lines[-1].endswith(f"could be removed: python -m nst.store --prune --runs-dir {full.root} --yes does it")
    assert left(full) == set("abcde")


def test_what_is_worthless_goes(ask: Ask, full: Store) -> None:
    """Neither results, nor what can be gone on from, nor their inputs."""
    assert ask("--prune", "--yes")[1].splitlines()[-1].startswith("removed: ")
    assert left(full) == set("ade")
    assert {path.name for path in full.pictures.iterdir()} == {f"{USED}.png", f"{WANTED}.png"}
    assert ask("--prune", "--yes")[1] == "nothing to remove\n"


def test_results_go_only_where_no_sweep_names_them(ask: Ask, full: Store) -> None:
    ask("--prune", "--unreferenced", "--yes")
    assert left(full) == set("ae")
    assert {path.name for path in full.pictures.iterdir()} == {f"{USED}.png"}


def test_what_is_being_made_stays(ask: Ask, full: Store) -> None:
    with held_by_another_process(full.root / "locks" / f"{HALF}.lock"):
        ask("--prune", "--unreferenced", "--yes")
        assert left(full) == set("ace")
        assert (full.picture(FORGOTTEN)).exists()


def test_what_was_finished_meanwhile_stays(full: Store) -> None:
    (removal,) = [removal for removal in survey(full).removals if removal.reason == "failed"]
    record_done(removal.path, evaluations=1)
    assert remove(full, removal) == "it is done by now" and removal.path.is_dir()


def test_a_failure_that_can_be_gone_on_from_stays(ask: Ask, full: Store) -> None:
    write_json(full.run(RESUMABLE) / ERROR, {"type": "OSError", "message": "the disk is full"})
    assert RESUMABLE in ask("--failed")[1]
    ask("--prune", "--yes")
    assert left(full) == set("ade")


def test_only_old_temporary_files_go(ask: Ask, full: Store) -> None:
    old, new = full.pictures / ".x.png.a1b2c3d4.tmp", full.sweep("first") / ".plan.json.e5f6a7b8.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    ask("--prune", "--yes")
    assert not old.exists() and new.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--runs-dir", "nowhere"], "error: no store in nowhere; --runs-dir says where it is\n"),
        (["--yes"], "error: --yes goes with --prune or --verify\n"),
        (["--failed", "--unreferenced"], "error: --unreferenced goes with --prune\n"),
        (["--faild"], "error: --faild: no such flag; did you mean '--failed'?\n"),
        (["failed"], "error: 'failed' is not a flag; --help shows them\n"),
        (["--runs-dir"], "error: argument --runs-dir: expected one argument\n"),
        (["--failed", "--prune"], "error: argument --prune: not allowed with argument --failed\n"),
    ],
)
def test_mistakes(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == words


def test_a_store_of_foreign_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "jobs" / "odd").mkdir(parents=True)
    (tmp_path / "jobs" / "odd" / "spec.yaml").write_bytes(b"\xff\x00: [")
    (tmp_path / "jobs" / "odd" / "provenance.json").write_text('{"attempt": "x"}')
    (tmp_path / "jobs" / "file").touch()
    write_json(tmp_path / "sweeps" / "mine" / "plan.json", {"jobs": ["odd"]})
    Image.new("RGB", (2, 2)).save(tmp_path / "loose.png")
    assert main(["--runs-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["odd", "pending"]


def test_words_for_sizes_and_ages() -> None:
    assert [size_of(n) for n in (0, 1536, 3 * 2**20, 5 * 2**29)] == ["0.0 KiB", "1.5 KiB", "3.0 MiB", "2.5 GiB"]
    assert [age_of(s) for s in (0, 3, 150, 7200, 200000)] == ["now", "3 s", "2 min", "2 h", "2 d"]


@pytest.fixture
def made(nst: Command) -> Path:
    """The folder of a run that was made."""
    assert nst(*RUN).code == 0
    (folder,) = nst.store.runs()
    return folder


@pytest.fixture
def verify(nst: Command, capsys: pytest.CaptureFixture[str]) -> Ask:
    def run(*flags: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["--verify", *flags, "--runs-dir", str(nst.store.root)])
        return code, *capsys.readouterr()

    return run


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)


def test_what_is_whole_is_left_alone(verify: Ask, made: Path) -> None:
    assert verify() == verify("--yes") == (0, "every done run is whole\n", "")
    assert (made / METRICS).exists()


def test_one_byte_is_found_forgotten_and_made_again(
    nst: Command, verify: Ask, made: Path, transfers: Transfers
) -> None:
    picture = (made / IMAGE).read_bytes()
    flip_a_byte(made / IMAGE)
    code, out, _ = verify()
    assert code == 1 and out.splitlines()[0] == f"damaged: {made}: image.png is not what was written"
    assert f"--verify --runs-dir {nst.store.root} --yes forgets them" in out
    assert verify("--yes") == (0, f"forgotten: {made}: image.png is not what was written\n", "")
    assert nst.store.state(made.name) is State.PENDING
    assert nst(*RUN).code == 0 and transfers.seeds == [0]
    assert (made / IMAGE).read_bytes() == picture


@pytest.mark.parametrize("content", [None, b"", b"half"])
def test_a_picture_that_is_gone_or_cut_is_made_again(
    nst: Command, made: Path, transfers: Transfers, content: bytes | None
) -> None:
    picture = (made / IMAGE).read_bytes()
    (made / IMAGE).unlink()
    if content is not None:
        (made / IMAGE).write_bytes(content)
    answer = nst(*RUN)
    assert (answer.code, transfers.seeds) == (0, [0]) and "made again: image.png " in answer.err
    assert (made / IMAGE).read_bytes() == picture


def test_damage_for_programs(verify: Ask, made: Path) -> None:
    flip_a_byte(made / IMAGE)
    code, out, _ = verify("--json")
    (found,) = json.loads(out)
    assert (code, found["signature"], found["path"]) == (1, made.name, str(made))


def test_what_is_being_made_is_not_forgotten(nst: Command, verify: Ask, made: Path) -> None:
    flip_a_byte(made / IMAGE)
    with nst.store.lock(made.name):
        code, out, _ = verify("--yes")
    assert code == 1 and out.startswith("damaged: ") and isinstance(nst.store, Store)
    assert (made / METRICS).exists()
