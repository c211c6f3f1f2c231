"""Photographs of packages: each name's file and package, and one line when an installation lacks it."""

from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from nst.errors import UserError
from nst.pictures import builtin
from nst.pictures.builtin import BUILTIN, builtin_file


def test_eighteen_photographs_of_three_packages() -> None:
    packages = [photograph.package for photograph in BUILTIN.values()]
    assert [packages.count(name) for name in ("skimage", "sklearn", "matplotlib")] == [15, 2, 1] and len(packages) == 18


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("motorcycle", "skimage/data/motorcycle_left.png"),
        ("china", "sklearn/datasets/images/china.jpg"),
        ("grace_hopper", "matplotlib/mpl-data/sample_data/grace_hopper.jpg"),
    ],
)
def test_each_is_in_its_package(name: str, ending: str) -> None:
    assert builtin_file(name).as_posix().endswith(f"/{ending}")


def test_a_file_that_an_installation_lacks_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec = ModuleSpec("sklearn", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(builtin, "find_spec", lambda package: spec)
    place = f"no datasets/images/flower.jpg in {tmp_path}"
    wanted = f"the built-in picture 'flower' is missing: {place}; install scikit-learn again"
    with pytest.raises(UserError) as caught:
        builtin_file("flower")
    assert str(caught.value) == wanted


def test_a_package_that_is_not_installed_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin, "find_spec", lambda package: None)
    with pytest.raises(UserError, match="'china' is missing: sklearn was not found; install scikit-learn again"):
        builtin_file("china")
