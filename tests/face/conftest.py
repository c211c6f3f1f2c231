"""A folder and a cache of their own for each test, and the smallest keywords that say something."""

from pathlib import Path
from typing import Any

import pytest
from sweep.command import TINY


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def tiny() -> dict[str, Any]:
    """`TINY` as keywords, in words: a text is read as the command line reads it."""
    return dict(word.split("=") for word in TINY)
