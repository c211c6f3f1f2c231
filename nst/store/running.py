"""Find the runs that processes are making, without trying their locks: trying a lock takes it for a moment, and another
process that wants it just then would put its run off.

The kernel lists the locks of this host (Linux); elsewhere, and for locks of other hosts, nothing is known.
"""

from collections.abc import Iterable
from pathlib import Path

KERNEL = Path("/proc/locks")


def running(locks: Path, signatures: Iterable[str], kernel: Path = KERNEL) -> frozenset[str]:
    """Return the signatures whose lock files in the folder `locks` are held by a process of this host."""
    held = _held(kernel)
    return frozenset(key for key in signatures if held and _inode(locks / f"{key}.lock") in held)


def _held(kernel: Path) -> frozenset[int]:
    """Return the inodes of locked files, from lines like `1: FLOCK  ADVISORY  WRITE 23491 fe:00:2220508 0 EOF`."""
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
