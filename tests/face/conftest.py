"""A folder for each test, one cache for all of them, and the smallest keywords that say something."""

from pathlib import Path
from typing import Any

import pytest
from sweep.command import TINY


@pytest.fixture(scope="session")
def cache_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The paintings are drawn once, which takes a second each."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, cache_of_all: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_of_all))
    return tmp_path


@pytest.fixture
def tiny() -> dict[str, Any]:
    """`TINY` as keywords, in words: a text is read as the command line reads it."""
    return dict(word.split("=") for word in TINY)
