"""Which runs a process is at work on, told without trying their locks: a lock that is tried is taken for a moment, and
another process that wanted it then would put its run off.

The kernel's own list says so (Linux); elsewhere, and for locks of other hosts, nothing is known and a run is pending.
"""

from collections.abc import Iterable
from pathlib import Path

KERNEL = Path("/proc/locks")


def running(runs_dir: Path, signatures: Iterable[str], kernel: Path = KERNEL) -> frozenset[str]:
    """The signatures whose lock files in `runs_dir` are held by a process of this host."""
    held = _held(kernel)
    return frozenset(key for key in signatures if held and _inode(runs_dir / "locks" / f"{key}.lock") in held)


def _held(kernel: Path) -> frozenset[int]:
    """Inodes of locked files, from lines like `1: FLOCK  ADVISORY  WRITE 23491 fe:00:2220508 0 EOF`."""
    try:
        lines = [line.split() for line in kernel.read_text(encoding="ascii", errors="replace").splitlines()]
    except OSError:
        return frozenset()
    inodes = [words[5].rpartition(":")[2] for words in lines if len(words) > 5 and "->" not in words]
    return frozenset(int(inode) for inode in inodes if inode.isdecimal())


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None
