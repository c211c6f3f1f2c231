"""The built-in paintings: drawn once into the cache, equal everywhere, and found by their names."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nst.errors import UserError
from nst.pictures import paintings
from nst.pictures.find import BUILTIN_NAMES, PictureFile, file_hash, find
from nst.pictures.load import full_image

QUICK = ("mosaic", "stained_glass", "woodcut")
SLOW = sorted(paintings.DIGESTS.keys() - set(QUICK))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_each_is_the_same_picture_everywhere(name: str, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = find(name)
    assert path == cache / "nst" / "paintings" / f"{name}.ppm" and file_hash(path) == paintings.DIGESTS[name]
    levels = np.asarray(full_image(PictureFile(str(path), file_hash(path))))
    assert levels.shape == (1024, 1024, 3) and levels.std() > 30
    assert not capsys.readouterr().err


def test_each_module_is_known() -> None:
    folder = Path(paintings.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "canvas"}
    assert modules == set(paintings.DIGESTS) <= set(BUILTIN_NAMES)


def test_a_second_use_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    first = find("woodcut")
    monkeypatch.delattr(paintings, "encode")
    assert find("Woodcut") == first


def test_a_damaged_file_is_drawn_anew(cache: Path) -> None:
    path = find("stained_glass")
    path.write_bytes(b"P6\n")
    assert file_hash(find("stained_glass")) == paintings.DIGESTS["stained_glass"]
    assert [file.name for file in path.parent.iterdir()] == ["stained_glass.ppm"]


def test_another_picture_on_this_machine_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(paintings.DIGESTS, "woodcut", "0" * 64)
    monkeypatch.setattr(paintings, "encode", lambda name: b"P6\n1 1\n255\n\x01\x02\x03")
    assert Image.open(find("woodcut")).getpixel((0, 0)) == (1, 2, 3)
    assert capsys.readouterr().err.startswith("woodcut: is drawn differently on this machine")


def test_a_cache_that_cannot_be_written_is_one_line(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache / "nst").write_text("")
    monkeypatch.setattr(paintings, "encode", lambda name: b"")
    with pytest.raises(UserError, match="'woodcut' cannot be drawn into .*woodcut.ppm"):
        find("woodcut")
