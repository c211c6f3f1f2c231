import errno
import json
import os
from pathlib import Path
from typing import Any, NoReturn

import pytest

from nst.store.files.atomic import (
    CannotWrite,
    Damaged,
    load_json,
    read_json,
    replacing,
    write_bytes,
    write_json,
    write_text,
    write_with,
)


def crash(*_: Any, **__: Any) -> NoReturn:
    raise KeyboardInterrupt


def test_makes_the_folders_above(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a" / "b" / "file.bin", b"\x00\xff")
    assert (tmp_path / "a" / "b" / "file.bin").read_bytes() == b"\x00\xff"


def test_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    for text in ("first", "second, longer"):
        write_text(tmp_path / "file.txt", text)
    assert (tmp_path / "file.txt").read_text() == "second, longer"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_crash_leaves_the_old_file_and_no_other(moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_text(tmp_path / "file.txt", "old")
    with monkeypatch.context() as patch:
        patch.setattr(os, moment, crash)
        with pytest.raises(KeyboardInterrupt):
            write_text(tmp_path / "file.txt", "new")
    assert (tmp_path / "file.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_a_crash_before_the_first_version_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        write_text(tmp_path / "file.txt", "new")
    assert list(tmp_path.iterdir()) == []


def test_what_writes_may_write_in_parts_and_fail(tmp_path: Path) -> None:
    write_with(tmp_path / "file.bin", lambda file: [file.write(part) for part in (b"one", b"two")])
    with pytest.raises(KeyboardInterrupt):
        write_with(tmp_path / "file.bin", lambda file: [file.write(b"three"), crash()])
    assert (tmp_path / "file.bin").read_bytes() == b"onetwo"
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


def test_is_synced_before_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (calls.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda *paths: (calls.append("replace"), replace(*paths))[1])
    write_text(tmp_path / "file.txt", "text")
    assert calls == ["fsync", "replace", "fsync"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_respects_the_umask(umask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        write_text(tmp_path / "file.txt", "text")
    finally:
        os.umask(before)
    assert (tmp_path / "file.txt").stat().st_mode & 0o777 == mode


def test_numbers_that_json_lacks_become_null(tmp_path: Path) -> None:
    data = {"a": float("nan"), "b": [1, float("inf")], "c": {"d": (-float("inf"), 0.5)}, "e": True, "f": "NaN"}
    write_json(tmp_path / "file.json", data)
    found = json.loads((tmp_path / "file.json").read_text())
    assert found == {"a": None, "b": [1, None], "c": {"d": [None, 0.5]}, "e": True, "f": "NaN"}


def test_accents_stay_readable(tmp_path: Path) -> None:
    write_json(tmp_path / "file.json", {"name": "élan"})
    assert (tmp_path / "file.json").read_bytes() == '{\n  "name": "élan"\n}\n'.encode()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing_is_named(tmp_path: Path, number: int) -> None:
    path = tmp_path / "grid.png"
    with pytest.raises(CannotWrite) as caught, replacing(path) as temporary:
        temporary.write_text("half")
        raise OSError(number, os.strerror(number))
    assert str(caught.value) == f"cannot write to {path}: {os.strerror(number)}"
    assert (caught.value.errno, caught.value.strerror) == (number, os.strerror(number))
    assert not list(tmp_path.iterdir())


def test_a_picture_that_cannot_be_read_is_no_matter_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="truncated") as caught, replacing(tmp_path / "a.png"):
        raise OSError("image file is truncated")
    assert not isinstance(caught.value, CannotWrite)


def test_a_full_disk_is_named_whatever_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match=r"cannot write to .*file\.json: No space left on device"):
        write_json(tmp_path / "file.json", {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".webp", ""])
def test_the_temporary_name_is_hidden_and_tells_the_format(tmp_path: Path, suffix: str) -> None:
    with replacing(tmp_path / f"picture{suffix}") as temporary:
        assert temporary.suffix == suffix or not suffix
        assert temporary.name.startswith(".") and temporary.parent == tmp_path
        temporary.touch()


def test_what_is_not_there_is_none_and_not_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plain").touch()
    assert read_json(tmp_path / "file.json") is None and read_json(tmp_path / "plain" / "file.json") is None
    assert capsys.readouterr().err == ""
    assert read_json(tmp_path) is None
    assert capsys.readouterr().err == f"damaged: {tmp_path}\n"


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"  \n", b"{", b"{}", b"[1]", b"null", b"3", b'{"a": "\xff"}', b"\xef\xbb\xbf{}", b"\x00" * 64),
        *(b'{"a": NaN}', b'{"a": [{"b": -Infinity}]}', b'{"a": 1e999}', b'{"a": 1%s}' % (b"0" * 400)),
        *(b'{"a": 1%s}' % (b"0" * 5000), b'{"a": "\\ud800"}', b'{"\\udfff": 1}'),
        *(b'{"a": %s}' % (b"[" * 33 + b"]" * 33), b'{"a":' * 900 + b"1" + b"}" * 900, b"[" * 100_000),
    ],
)
def test_what_nst_never_writes_is_damaged_and_said_once(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file.json").write_bytes(content)
    assert read_json(tmp_path / "file.json") is None and read_json(tmp_path / "file.json") is None
    assert capsys.readouterr().err == f"damaged: {tmp_path / 'file.json'}\n"


def test_a_huge_file_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (tmp_path / "file.json").open("wb") as file:
        file.truncate(2**26 + 1)
    with pytest.raises(Damaged, match="^it has more than 64 MiB$"):
        load_json(tmp_path / "file.json")
    assert read_json(tmp_path / "file.json") is None and capsys.readouterr().err.startswith("damaged: ")


def test_values_of_a_wrong_type_are_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The others stay, and so does what is null, or under a key that nst does not know."""
    wrong: dict[str, Any] = {"total_loss": "x", "seconds_loop": 1e308, "best_evaluation": -1, "threads": 2**63}
    wrong |= {"style_2_loss_png": True, "attempt": 1.5, "inputs": [], "type": 3, "host": {"a": 1}}
    right = {"evaluations": 3, "content_loss": 0.5, "stopped": None, "errno": 28, "versions": {"nst": None}, "own": []}
    (tmp_path / "file.json").write_text(json.dumps({**wrong, **right}))
    assert read_json(tmp_path / "file.json") == {**dict.fromkeys(wrong), **right}
    assert capsys.readouterr().err == f"damaged: {tmp_path / 'file.json'}\n"


def test_as_deep_as_allowed_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file.json").write_text('{"a": ' + "[" * 31 + "]" * 31 + "}")
    assert read_json(tmp_path / "file.json") is not None and capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["a" * 255, "ä" * 127, "a" + "ä" * 127, "\udcff" * 255])
def test_a_name_as_long_as_the_disk_takes(name: str, tmp_path: Path) -> None:
    write_bytes(tmp_path / name, b"all")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"all"]


def test_permissions_of_what_is_replaced_stay(tmp_path: Path) -> None:
    write_bytes(tmp_path / "file", b"old")
    (tmp_path / "file").chmod(0o600)
    write_bytes(tmp_path / "file", b"new")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
