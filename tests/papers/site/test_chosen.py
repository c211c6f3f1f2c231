"""The papers that a command names."""

import pytest

from nst.errors import UserError
from nst.papers.site.chosen import choose, citation, listing, program
from papers.conftest import Give, claim, paper


def test_named_papers_in_the_order_of_the_library(give: Give) -> None:
    first, _, last = give(paper("a"), paper("b"), paper("c"))
    chosen, rest = choose(["c", "size=64", "a", "--site-only", "~blend", "c"])
    assert chosen == (first, last) and rest == ["size=64", "--site-only", "~blend"]


def test_all_papers_if_none_is_named(give: Give) -> None:
    papers = give(paper("a"), paper("b"))
    assert choose(["size=64"]) == (papers, ["size=64"])


def test_an_unknown_one(give: Give) -> None:
    give(paper("gatys2016"), paper("heitz2021"))
    with pytest.raises(UserError, match="gatys201: no such paper; did you mean 'gatys2016'"):
        choose(["gatys2016", "gatys201"])
    with pytest.raises(UserError, match="quick: no such paper; choose from gatys2016, heitz2021"):
        choose(["quick"])


def test_each_sweep_once_and_what_is_timed_without_workers(give: Give) -> None:
    timed = claim("time", sweep="johnson2016_time", counts="times")
    first, second = give(paper("a", claim(), claim("other")), paper("b", claim("third"), timed))
    found = program((first, second))
    assert found.sweeps == ("gatys2016_pooling", "johnson2016_time") and found.timed == {"johnson2016_time"}
    assert program((first,)).sweeps == ("gatys2016_pooling",)


def test_the_list(give: Give) -> None:
    give(paper("a", claim(), claim("other", words="x " * 60)), paper("b", venue=""))
    lines = listing(choose([])[0]).splitlines()
    assert lines[:2] == ["a: Gatys (2016). A Title. CVPR.", "  - About pooling. (sweep=gatys2016_pooling)"]
    assert "b: Gatys (2016). A Title." in lines and max(map(len, lines)) <= 100


def test_a_citation() -> None:
    assert citation(paper(authors="Gatys, Ecker", venue="")) == "Gatys, Ecker (2016). A Title."
