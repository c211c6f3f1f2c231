"""Finding modules by name: those of a package, those of other distributions, and those added in a process."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from nst.errors import UserError
from nst.plugins import Plugins


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    """A package with the modules `one` and `broken` and a package in it, and `two` of another distribution."""
    for name, text in {
        "shop/__init__.py": "",
        "shop/one.py": "Thing = 1",
        "shop/broken.py": "import nowhere_to_be_found",
        "shop/wrong.py": "def (",
        "shop/faulty.py": "def begin(): return end()\n\ndef end(): return Thing\n",
        "shop/left.py": "raise SystemExit(3)",
        "shop/base/__init__.py": "",
        "elsewhere.py": "Thing = 2",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    points = {"shop": [EntryPoint("two", "elsewhere", "shop"), EntryPoint("one", "elsewhere", "shop")]}
    monkeypatch.setattr("nst.plugins.entry_points", lambda group: points[group])
    yield Plugins("shop", "thing")
    for name in [name for name in sys.modules if name.partition(".")[0] in ("shop", "elsewhere")]:
        del sys.modules[name]


def test_names_are_known_without_importing(plugins: Plugins) -> None:
    assert plugins.names() == ("broken", "faulty", "left", "one", "two", "wrong")
    assert "shop.one" not in sys.modules and "elsewhere" not in sys.modules


def test_the_packages_own_module_counts_before_one_of_its_name_elsewhere(plugins: Plugins) -> None:
    assert (plugins.load("one", "Thing"), plugins.load("two", "Thing")) == (1, 2)


def test_an_error_is_placed_at_its_innermost_line_in_the_named_modules(plugins: Plugins) -> None:
    begin = plugins.load("faulty", "begin")
    assert callable(begin)
    with pytest.raises(NameError) as caught:
        begin()
    assert plugins.place(caught.value, ["one", "faulty", "unknown"]) == "faulty.py, line 3"
    assert plugins.place(caught.value, ["one"]) is None


def test_what_is_added_counts_first(plugins: Plugins) -> None:
    plugins.added["one"] = 3
    assert plugins.load("one", "Thing") == 3


@pytest.mark.parametrize(
    ("name", "attribute", "message"),
    [
        ("tow", "Thing", r"^thing=tow: unknown; did you mean 'two'\?$"),
        ("one", "Other", "^thing=one: shop.one defines nothing called Other$"),
        ("broken", "Thing", "^thing=broken: shop.broken cannot be imported .*nowhere_to_be_found"),
        ("wrong", "Thing", "^thing=wrong: shop.wrong cannot be imported .SyntaxError: "),
        ("left", "Thing", "^thing=left: shop.left cannot be imported .SystemExit: 3.$"),
        ("base", "Thing", "^thing=base: unknown"),
    ],
)
def test_what_cannot_be_had_is_one_line(plugins: Plugins, name: str, attribute: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        plugins.load(name, attribute)


def test_a_message_may_have_another_key_in_front(plugins: Plugins) -> None:
    with pytest.raises(UserError, match="^losses.a.loss=tow: unknown"):
        plugins.load("tow", "Thing", "losses.a.loss")
