"""`python -m nst.store --prune` among what is not nst's: only what bears its own names goes, and only from a store."""

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from stored import record_done

from nst.optimizer.loop import Diverged, RunState
from nst.pictures.tensors import encode_png, picture_hash
from nst.result import Result
from nst.spec.signature import Spec, signature
from nst.store.__main__ import main
from nst.store.files.atomic import write_json
from nst.store.files.names import CHECKPOINT, ERROR, METRICS, TEMPORARY, strangers
from nst.store.provenance import now
from nst.store.record import write_failure, write_result
from nst.store.store import Store
from nst.store.upkeep.prune import survey

KEY, OTHER = "0123456789ab", "ba9876543210"
Prune = Callable[..., tuple[int, str, str]]


@pytest.fixture
def prune(store: Store, capsys: pytest.CaptureFixture[str]) -> Prune:
    """`--prune` with more flags on the store, or on the folder `of`."""

    def run(*flags: str, of: Path | None = None) -> tuple[int, str, str]:
        code = main(["--prune", *flags, "--runs-dir", str(of or store.root)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def failed(store: Store) -> Path:
    """The folder of a run that failed, in a store that is marked as one."""
    store.lock(KEY)
    write_json(store.run(KEY) / ERROR, {"type": "OSError", "inputs": {}})
    return store.run(KEY)


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def an_input(store: Store, colour: str) -> Path:
    image = Image.new("RGB", (3, 2), colour)
    path = store.picture(picture_hash(image))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_png(image, {}))
    return path


@pytest.mark.parametrize("flags", [("--yes",), ("--yes", "--unreferenced"), ()])
def test_a_folder_that_is_no_store_is_refused(flags: tuple[str, ...], prune: Prune, tmp_path: Path) -> None:
    (tmp_path / "jobs" / "0123456789ab").mkdir(parents=True)
    an_input(Store(tmp_path), "red")
    (tmp_path / "pictures" / "cat.png").write_bytes(b"mine")
    before = files(tmp_path)
    code, out, err = prune(*flags, of=tmp_path)
    assert (code, out) == (2, "") and len(err.splitlines()) == 1
    assert err.startswith(f"error: {tmp_path} is not a store: ") and files(tmp_path) == before


def test_the_users_own_files_beside_a_store_stay(prune: Prune, failed: Path, store: Store) -> None:
    """A store in a folder that has `jobs/` and `pictures/` of its own."""
    own = ["jobs/invoices/error.json", "jobs/notes.txt", "pictures/cat.png", "pictures/0123456789ab.png"]
    own += ["pictures/0123456789ab.jpg", "pictures/.hidden", "sweeps/.gitkeep", "jobs/0123456789AB/spec.yaml"]
    for name in own:
        (store.root / name).parent.mkdir(parents=True, exist_ok=True)
        (store.root / name).write_bytes(b"mine")
        os.utime(store.root / name, (0, 0))
    going = an_input(store, "red")
    code, out, err = prune("--yes", "--unreferenced")
    assert [line.split()[-1] for line in out.splitlines()[:-1]] == [str(failed), str(going)]
    assert all((store.root / name).read_bytes() == b"mine" for name in own)
    assert not failed.exists() and not going.exists() and code == 0
    assert err == f"kept: {store.picture(KEY)}: it is not the picture that its name says\n"


@pytest.mark.parametrize("name", ["notes.txt", "frames/cat.png", ".frames/7.png", ".hidden", "more/spec.yaml"])
def test_a_run_with_a_file_of_the_users_stays_whole(name: str, prune: Prune, failed: Path) -> None:
    (failed / name).parent.mkdir(exist_ok=True)
    (failed / name).write_bytes(b"mine")
    before = files(failed)
    code, out, err = prune("--yes")
    assert (code, out) == (0, "nothing to remove\n") and files(failed) == before
    assert err == f"kept: {failed}: {name.split('/')[0 if 'more' in name else -1]!r} in it is not nst's\n"


def test_a_run_leaves_nothing_that_is_foreign(store: Store, small: Spec, result: Result) -> None:
    """Whatever is recorded can be removed again."""
    folder = write_result(store, small, result, now()).parent
    assert strangers(folder) == []
    (folder / METRICS).unlink()
    write_failure(store, small, Diverged("the loss is nan", RunState(best_picture=result.picture)), now())
    assert (folder / "best.png").exists() and strangers(folder) == [] and folder.name == signature(small)


@pytest.mark.parametrize("link", ["jobs", "pictures", f"jobs/{OTHER}", f"jobs/{KEY}/frames", "sweeps"])
def test_links_are_not_followed(link: str, prune: Prune, failed: Path, store: Store, tmp_path: Path) -> None:
    """Neither a room of the store, nor a run, nor a folder of a run that is a link."""
    elsewhere, path = tmp_path / "elsewhere", store.root / link
    elsewhere.mkdir()
    image = an_input(store, "red")
    for name in ("000001.png", ".plan.json.a1b2c3d4.tmp", image.name, ERROR):
        (elsewhere / name).write_bytes(image.read_bytes() if name == image.name else b"{}")
        os.utime(elsewhere / name, (0, 0))
    if path.exists():
        path.rename(tmp_path / "aside")
    path.symlink_to(elsewhere)
    before = files(elsewhere)
    assert prune("--yes", "--unreferenced")[0] == 0
    assert files(elsewhere) == before and path.is_symlink()


def test_an_input_of_a_run_behind_a_link_is_used(prune: Prune, store: Store, tmp_path: Path) -> None:
    used = an_input(store, "red")
    write_json(tmp_path / "elsewhere" / KEY / METRICS, {"evaluations": 1, "inputs": {"content": used.stem}})
    store.mark()
    (store.root / "jobs").symlink_to(tmp_path / "elsewhere")
    assert prune("--yes")[1] == "nothing to remove\n" and used.exists()


@pytest.mark.parametrize("inputs", ['{"content": 7}', "3", "null"])
def test_inputs_that_are_damaged_keep_all_pictures(inputs: str, prune: Prune, store: Store, failed: Path) -> None:
    kept, picture = store.run(OTHER), an_input(store, "red")
    kept.mkdir()
    (kept / METRICS).write_text(f'{{"evaluations": 3, "inputs": {inputs}}}')
    code, out, err = prune("--yes")
    assert code == 0 and picture.exists() and kept.exists() and not failed.exists()
    assert err.endswith(f"kept: {store.pictures}: which runs use them is unknown ({kept / METRICS} is damaged)\n")


@pytest.mark.parametrize("text", ['{"evaluations": 3, "inp', '{"evaluations": 1e999}'])
def test_a_result_whose_numbers_are_damaged_stays_and_so_do_all_inputs(
    text: str, prune: Prune, store: Store, failed: Path
) -> None:
    """Nobody knows which are its inputs."""
    kept, picture = store.run(OTHER), an_input(store, "red")
    kept.mkdir()
    (kept / METRICS).write_text(text)
    (kept / "image.png").write_bytes(b"a good picture")
    code, out, err = prune("--yes")
    assert code == 0 and not failed.exists() and picture.exists() and (kept / "image.png").exists()
    assert err.splitlines() == [
        f"damaged: {kept / METRICS}",
        f"kept: {kept}: metrics.json is damaged; --verify --yes forgets it",
        f"kept: {store.pictures}: which runs use them is unknown ({kept / METRICS} is damaged)",
    ]


def test_a_plan_that_cannot_be_read_keeps_results_that_it_may_name(prune: Prune, store: Store, failed: Path) -> None:
    plan = store.sweep("mine") / "plan.json"
    write_json(plan, {})
    plan.write_text("{")
    code, out, err = prune("--yes", "--unreferenced")
    assert (code, out) == (2, "") and failed.exists()
    assert err.splitlines() == [
        f"damaged: {plan} is not a plan this version can read (it is not a JSON object)",
        f"error: --unreferenced: {plan} cannot be read, so which runs it names is unknown",
    ]
    assert prune("--yes")[0] == 0 and not failed.exists()


def test_one_bad_entry_does_not_stop_the_others(
    prune: Prune, store: Store, failed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json(store.run(OTHER) / ERROR, {"type": "OSError", "inputs": {}})
    write_json(store.sweep("odd") / "plan.json", {"jobs": 5})
    real = os.unlink

    def refuse(path: str | Path, **keywords: object) -> None:
        if KEY in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        real(path)

    monkeypatch.setattr(os, "unlink", refuse)
    code, out, err = prune("--yes")
    assert code == 0 and not store.run(OTHER).exists() and failed.exists()
    assert str(store.run(OTHER)) in out and str(failed) not in out
    assert err == f"kept: {failed}: Permission denied: {failed / METRICS}\n"


def test_what_a_killed_process_left_in_a_run_that_stays_is_offered(prune: Prune, store: Store) -> None:
    """A checkpoint of a run that is done, frames it did not come to keep, files under a temporary name."""
    store.mark()
    done, going_on = store.run(KEY), store.run(OTHER)
    record_done(done, evaluations=3, inputs={})
    for folder in (done, going_on):
        (folder / ".frames").mkdir(parents=True)
        (folder / ".frames" / "000010.png").touch()
        (folder / CHECKPOINT).write_bytes(b"tensors")
        (folder / f".{CHECKPOINT}.a1b2c3d4.tmp").write_bytes(b"tens")
    code, out, _ = prune("--json")
    assert {Path(one["path"]).relative_to(store.root / "jobs").as_posix() for one in json.loads(out)} == {
        *(f"{KEY}/.frames", f"{KEY}/{CHECKPOINT}", f"{KEY}/.{CHECKPOINT}.a1b2c3d4.tmp"),
        f"{OTHER}/.{CHECKPOINT}.a1b2c3d4.tmp",
    }
    prune("--yes")
    assert {path.name for path in done.iterdir()} == {METRICS, "image.png"}
    assert {path.name for path in going_on.iterdir()} == {".frames", CHECKPOINT}


@pytest.mark.parametrize(
    "flags", [(), ("--unreferenced",), ("--runs-dir=a b",), ("--unreferenced", "--runs-dir", "it's")]
)
def test_the_hint_is_the_command_and_a_yes(
    flags: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("runs", "a b", "it's"):
        Store(Path(name)).mark()
        write_json(Store(Path(name)).run(KEY) / ERROR, {"type": "OSError", "inputs": {}})
    assert main(["--prune", *flags]) == 0
    (hint,) = [line for line in capsys.readouterr().out.splitlines() if line.endswith(" does it")]
    words = hint.partition("removed: ")[2].removesuffix(" does it")
    assert shlex.split(words)[:3] == ["python", "-m", "nst.store"]
    assert main(shlex.split(words)[3:]) == 0
    gone = [name for name in ("runs", "a b", "it's") if not Store(Path(name)).run(KEY).exists()]
    assert len(gone) == 1 and gone[0] in (*flags, flags[-1].partition("=")[2] if flags else "", "runs")


def test_names_of_temporary_files() -> None:
    for name in (".plan.json.a1b2c3d4.tmp", ".000009.png.__a2_3d4.tmp", ".a\nb.png.a1b2c3d4.tmp"):
        assert TEMPORARY.fullmatch(name)
    for name in (".gitkeep", ".vimrc.tmp", "plan.json.a1b2c3d4.tmp", ".plan.json.tmp", ".DS_Store"):
        assert not TEMPORARY.fullmatch(name)


def test_looking_changes_nothing(store: Store, failed: Path) -> None:
    before = files(store.root)
    assert [removal.path for removal in survey(store).removals] == [failed]
    assert files(store.root) == before
