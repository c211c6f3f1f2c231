"""`python -m nst.store --verify`: done runs whose files changed are found, forgotten, and made again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sweep.command import Command, Transfers

from nst.store.__main__ import main
from nst.store.names import IMAGE, METRICS
from nst.store.store import State, Store

Verify = Callable[..., tuple[int, str, str]]
RUN = ("size=32", "steps=2", "style_layers=conv_1", "content_layers=conv_1", "device=cpu", "threads=2")


@pytest.fixture
def made(nst: Command) -> Path:
    """The folder of a run that was made."""
    assert nst(*RUN).code == 0
    (folder,) = nst.store.runs()
    return folder


@pytest.fixture
def verify(nst: Command, capsys: pytest.CaptureFixture[str]) -> Verify:
    def run(*flags: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["--verify", *flags, "--runs-dir", str(nst.store.root)])
        return code, *capsys.readouterr()

    return run


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)


def test_what_is_whole_is_left_alone(verify: Verify, made: Path) -> None:
    assert verify() == verify("--yes") == (0, "every done run is whole\n", "")
    assert (made / METRICS).exists()


def test_one_byte_is_found_forgotten_and_made_again(
    nst: Command, verify: Verify, made: Path, transfers: Transfers
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


def test_for_programs(verify: Verify, made: Path) -> None:
    flip_a_byte(made / IMAGE)
    code, out, _ = verify("--json")
    (found,) = json.loads(out)
    assert (code, found["signature"], found["path"]) == (1, made.name, str(made))


def test_what_is_being_made_is_not_forgotten(nst: Command, verify: Verify, made: Path) -> None:
    flip_a_byte(made / IMAGE)
    with nst.store.lock(made.name):
        code, out, _ = verify("--yes")
    assert code == 1 and out.startswith("damaged: ") and isinstance(nst.store, Store)
    assert (made / METRICS).exists()
