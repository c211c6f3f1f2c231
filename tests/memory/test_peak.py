"""Peak memory is of the run, not of the process's past."""

import mmap
from pathlib import Path

import pytest

from nst.memory.peak import MIB, peak_mib, reset_peak

CHUNK = 256


def touch(mib: int) -> None:
    """Use that much memory for a moment; a mapping of its own goes back to the system at once."""
    with mmap.mmap(-1, mib * MIB) as block:
        for offset in range(0, mib * MIB, mmap.PAGESIZE):
            block[offset] = 1


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux forgets a peak")
def test_the_peak_is_since_the_reset() -> None:
    """The interpreter itself may grow or shrink a little meanwhile: half of the chunk is allowed for that."""
    reset_peak("cpu")
    before = peak_mib("cpu")
    touch(CHUNK)
    high = peak_mib("cpu")
    reset_peak("cpu")
    assert before > 0
    assert high > before + CHUNK / 2
    assert peak_mib("cpu") < high - CHUNK / 2


def test_without_proc_the_process_peak_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_args: object, **_kwargs: object) -> str:
        raise FileNotFoundError

    usual = peak_mib("cpu")
    monkeypatch.setattr(Path, "read_text", absent)
    monkeypatch.setattr(Path, "write_text", absent)
    reset_peak("cpu")
    assert peak_mib("cpu") >= usual / 2
