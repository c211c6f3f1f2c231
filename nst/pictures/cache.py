"""Write files to the user's cache (`$XDG_CACHE_HOME`, or `~/.cache`); pictures as PPM, the same with every library."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def cache_folder(name: str = "") -> Path:
    """Return the folder of nst in the user's cache, or one in it; it need not exist."""
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
    file = tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False)
    try:
        with file:
            file.write(data)
        os.replace(file.name, path)
    except OSError:
        os.unlink(file.name)
        raise
