"""The wheel and the sdist have every file that they need, and say of themselves what the project says."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
import yaml

import nst

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
FOLDERS = {"nst": "nst", "conf": "nst/conf", "sweeps": "nst/sweeps"}
"""Folders of the checkout, and where they are in a wheel."""
TOP = f"nst-{nst.__version__}"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from that, without a download."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(dist / f"{TOP}-py3-none-any.whl") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files(folder: str) -> set[str]:
    """Return the files in a folder of the checkout, relative to it."""
    found = (path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file())
    return {
        path.as_posix() for path in found if "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts
    }


@pytest.mark.slow
def test_the_wheel_is_the_package_with_its_configuration_and_sweeps(wheel: dict[str, bytes]) -> None:
    shipped = {f"{place}/{name}" for folder, place in FOLDERS.items() for name in files(folder)}
    assert {"nst/py.typed", "nst/conf/config.yaml", "nst/sweeps/content_layers.yaml"} <= shipped
    assert {name for name in wheel if not name.startswith(f"{TOP}.dist-info/")} == shipped


@pytest.mark.slow
def test_the_wheel_says_what_the_project_says(wheel: dict[str, bytes]) -> None:
    about = message_from_bytes(wheel[f"{TOP}.dist-info/METADATA"])
    assert (about["Name"], about["Version"], about["Requires-Python"]) == ("nst", nst.__version__, ">=3.11")
    assert about.get_all("Provides-Extra") == sorted(PROJECT["optional-dependencies"])
    assert (
        wheel[f"{TOP}.dist-info/entry_points.txt"].decode().split()
        == "[console_scripts] nst = nst.__main__:main".split()
    )
    assert wheel[f"{TOP}.dist-info/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


@pytest.mark.slow
def test_the_sdist_is_the_checkout(dist: Path) -> None:
    with tarfile.open(dist / f"{TOP}.tar.gz") as archive:
        names = {name.removeprefix(f"{TOP}/") for name in archive.getnames()}
    folders = ("nst", "conf", "sweeps", "tests", "docs", "notebooks", "benchmarks", "binder")
    wanted = {f"{folder}/{name}" for folder in folders for name in files(folder)}
    alone = {"README.md", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile", "constraints.txt"}
    assert wanted | alone | {"pyproject.toml"} <= names


@pytest.mark.slow
def test_an_index_would_take_both(dist: Path) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, dist.iterdir())]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (checked.returncode, checked.stdout.count("PASSED")) == (0, 2), checked.stdout


def test_the_version_has_one_place() -> None:
    assert "version" in PROJECT["dynamic"] and "version" not in PROJECT
    assert CITATION["version"] == nst.__version__


def test_the_changelog_knows_the_version() -> None:
    """A version with a date in the citation is released, and has a heading of its own."""
    headings = [line for line in CHANGES.splitlines() if line.startswith("## ")]
    released = CITATION.get("date-released")
    first = f"## [{nst.__version__}] - {released}" if released else "## [Unreleased]"
    assert first in headings[:2]


def test_the_citation_names_the_project() -> None:
    assert (CITATION["title"], CITATION["license"]) == (PROJECT["name"], PROJECT["license"])
    assert [author["name"] for author in CITATION["authors"]] == [author["name"] for author in PROJECT["authors"]]


def test_every_python_that_is_named_is_allowed() -> None:
    named = [
        word.rpartition(" ")[2]
        for word in PROJECT["classifiers"]
        if word.startswith("Programming Language :: Python :: 3.")
    ]
    assert named[0] == PROJECT["requires-python"].removeprefix(">=")
    assert named == [f"3.{11 + number}" for number in range(len(named))]
