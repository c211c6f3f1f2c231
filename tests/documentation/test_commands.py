"""The page on the commands."""

import nst.__main__
import nst.env
import nst.store.__main__
from docs.make.commands import help_of, names, page, program


def test_every_module_that_can_be_run() -> None:
    found = names()
    assert found[:2] == ["nst", "nst.run"] and found[2:] == sorted(found[2:])
    assert {"nst.bench", "nst.env", "nst.report", "nst.store", "nst.writeup.claims"} <= set(found)


def test_a_package_runs_its_main() -> None:
    assert program("nst.store") is nst.store.__main__ and program("nst.env") is nst.env
    assert program("nst") is nst.__main__


def test_the_help_of_a_command_with_options_only() -> None:
    assert "--prune" in help_of(nst.store.__main__) and help_of(nst.env) == ""


def test_the_page_says_what_a_help_says_once() -> None:
    text = page()
    assert text.count("four runs: `nst.run -m` against four plain loops") == 1
    assert "--unreferenced  with --prune: also runs that no sweep names" in text
