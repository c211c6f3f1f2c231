"""Pictures in the user's cache (`$XDG_CACHE_HOME`, or `~/.cache`), as PPM files: no library decides their bytes."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def cache_folder(name: str) -> Path:
    """Return a folder of nst in the user's cache; it need not exist."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Path(cache).expanduser().absolute() / "nst" / name
    except RuntimeError:
        return Path(tempfile.gettempdir()) / f"nst-{os.getuid()}" / name  # no home folder


def encode_ppm(levels: "np.ndarray") -> bytes:
    """Encode 8-bit levels (H, W, 3) as a PPM file."""
    return f"P6\n{levels.shape[1]} {levels.shape[0]}\n255\n".encode() + levels.tobytes()


def write_cached(path: Path, data: bytes) -> None:
    """Write a file in one step: another process may read it at any time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        file.write(data)
    try:
        os.replace(file.name, path)
    except OSError:
        os.unlink(file.name)
        raise
