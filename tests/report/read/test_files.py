"""Writing where there is no room or no leave: said with the path, and nothing half written stays."""

import errno
import os
from pathlib import Path

import pytest

from nst.report.read.files import CannotWrite, replacing


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
