"""A done run is whole: its files have the names, sizes and digests that were written."""

from pathlib import Path

import pytest
from PIL import Image

from nst.pictures.tensors import encode_png
from nst.store.manifest import damage, manifest
from nst.store.names import FRAMES, IMAGE, TRACE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FRAMES).mkdir()
    (tmp_path / IMAGE).write_bytes(encode_png(Image.new("RGB", (3, 2), "red"), {}))
    (tmp_path / TRACE).write_text("abc")
    (tmp_path / FRAMES / "000010.png").write_bytes(b"frame")
    return tmp_path


def test_bytes_and_digests_by_hand(folder: Path) -> None:
    """SHA-256 of "abc" is the first example of FIPS 180-2."""
    found = manifest(folder)
    assert set(found) == {IMAGE, TRACE, "frames/000010.png"}
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert found[TRACE] == {"bytes": 3, "sha256": digest}


def test_a_whole_run_has_no_damage(folder: Path) -> None:
    listed = {"files": manifest(folder)}
    (folder / "notes.txt").write_text("of the user's")
    assert damage(folder, listed) is damage(folder, listed, thorough=True) is None


@pytest.mark.parametrize("name", [IMAGE, TRACE, "frames/000010.png"])
def test_any_file_may_be_damaged(folder: Path, name: str) -> None:
    listed, path = {"files": manifest(folder)}, folder / name
    good = path.read_bytes()
    path.write_bytes(bytes(reversed(good)))
    assert damage(folder, listed) is None, "only the digest tells"
    assert damage(folder, listed, thorough=True) == f"{name} is not what was written"
    path.write_bytes(good[:-1])
    assert damage(folder, listed) == f"{name} has {len(good) - 1} bytes, not {len(good)}"
    path.unlink()
    assert damage(folder, listed) == f"{name} is missing"


def test_a_run_of_before_the_list_needs_its_picture(folder: Path) -> None:
    image = folder / IMAGE
    assert damage(folder, {}) is damage(folder, {}, thorough=True) is None
    image.write_bytes(image.read_bytes()[:-30])
    assert damage(folder, {}) is None
    assert damage(folder, {}, thorough=True) == "image.png cannot be read"
    image.write_bytes(b"")
    assert damage(folder, {}) == "image.png is empty"
    image.unlink()
    assert damage(folder, {}) == "image.png is missing"


@pytest.mark.parametrize(
    "files", [{"../other": {"bytes": 1}}, {"frames/../../other": {"bytes": 1}}, {"/etc/passwd": {}}, {IMAGE: 5}]
)
def test_a_list_that_was_edited_is_not_followed(folder: Path, files: object) -> None:
    assert str(damage(folder, {"files": files})).startswith("its list of files is damaged at ")
