"""The page: papers, claims and verdicts, what is not verified, what is missing, and links."""

import pytest
from report.conftest import Store
from writeup.conftest import Page, a_spec, describe, finding

from nst.papers.site.chosen import choose, program
from nst.papers.site.site import build
from nst.site.arguments import Asked
from nst.statements.pictures import JUDGED
from papers.conftest import Give, claim, fill, paper

pytestmark = pytest.mark.usefixtures("undrawn")
RECALLED = "recalled, not verified: the paper was not read for this page"


def page(store: Store, *words: str) -> Page:
    papers, overrides = choose(words)
    asked = Asked(program(papers), tuple(overrides), store.root)
    assert build(asked) == str(asked.site / "index.html")
    return Page(asked.site)


def test_papers_and_claims_are_in_order(store: Store, give: Give) -> None:
    """Two claims and one of another paper share a sweep, whose figure is with the first of them."""
    give(paper("a", claim(), claim("other")), paper("b", claim(), claim("lost", sweep="lost")))
    fill(store)
    ids = page(store).ids
    assert ids == [
        *("verdicts", "how", "paper-a", "claim-a-pooling", "sweep-gatys2016_pooling", "claim-a-other"),
        *("paper-b", "claim-b-pooling", "claim-b-lost", "sweep-lost"),
    ]


def test_everything_about_a_claim_is_said(store: Store, give: Give) -> None:
    give(paper())
    fill(store)
    text = page(store).text
    for said in (
        *("A Title", "Smaller pictures.", "About pooling.", "pooling: max, average", "Section 2", "read in the paper"),
        *("More with max pooling.", "Holds above 1.1.", "holds", "n = 6", "effect on the pilot pictures (not counted)"),
        *("n = 2)", "python -m nst.run sweep=gatys2016_pooling", "Appeal is not measured", "chelsea in the style of"),
        *("astronaut in the style of nocturne", "fewer than 5 replicates", "gatys2016_pooling/grid"),
    ):
        assert said in text
    assert "not verified" not in text and "not tested" not in text


def test_complete_in_itself(store: Store, give: Give) -> None:
    """Links lead to places on the page, files in its folder, the sweeps' reports, and the papers."""
    give(paper(), paper("b", claim("lost", sweep="lost")))
    fill(store)
    store.write("sweeps/gatys2016_pooling/report/index.html", "")
    found, folder = page(store), store.root / "papers"
    assert all(link[1:] in found.ids for link in found.links if link.startswith("#"))
    others = [link for link in found.links if not link.startswith("#")]
    assert {link for link in others if "://" in link} == {"https://example.org/paper"}
    files = [link for link in others if "://" not in link]
    assert all((folder / link).is_file() for link in files) and {"papers.md", "papers.csv"} <= set(files)
    assert all(found.alts) and not found.tags & {"script", "link", "iframe"}


def test_what_was_not_read_is_said_at_the_top_and_at_the_claim(store: Store, give: Give) -> None:
    give(paper("a", claim(known="memory")))
    text = page(store).text
    assert RECALLED in text and '<span class="recalled">recalled, not verified</span>' in text


def test_nothing_at_all(store: Store, give: Give) -> None:
    give(paper())
    found = page(store, "profile=quick")
    assert "not tested" in found.text and "Holds above 1.1." in found.text and found.alts == []
    assert "python -m nst.run sweep=gatys2016_pooling profile=quick" in found.text
    assert "Verdicts will be about other pictures" in found.text


def test_only_the_named_papers_and_those_that_have_been_made(store: Store, give: Give) -> None:
    give(paper("a"), paper("b", claim("lost", sweep="lost")), paper("c", claim("gone", sweep="gone"), authors="Li"))
    found = page(store, "b")
    assert "paper-b" in found.ids and not {"paper-a", "paper-c"} & set(found.ids) and "(<code>c</code>)" in found.text
    fill(store)
    assert {"paper-a", "paper-b"} <= set(page(store, "b").ids)


def test_the_command_rebuilds_the_same_page(store: Store, give: Give) -> None:
    give(paper("a"), paper("b", claim("lost", sweep="lost")))
    assert "<code>python -m nst.papers b size=64</code>" in page(store, "b", "size=64").text
    assert "<code>python -m nst.papers size=64</code>" in page(store, "size=64").text


@pytest.mark.parametrize(("size", "is_small"), [(128, True), (512, False)])
def test_small_pictures_are_said_to_be_small(store: Store, give: Give, size: int, is_small: bool) -> None:
    give(paper())
    for job in fill(store):
        describe(store, job, a_spec(size=size))
    text = page(store).text
    assert f"Their shorter side has {size} pixels" in text and ("Pictures here are small." in text) == is_small


def test_failed_and_pending_runs_are_said(store: Store, give: Give) -> None:
    give(paper())
    jobs = store.sweep("gatys2016_pooling", {"pooling": ["max", "avg"]})
    store.failed(jobs[0], "diverged at evaluation 212")
    text = page(store).text
    assert "0 of 2 runs done, 1 failed, 1 pending" in text and "failed: diverged at evaluation 212" in text
    assert "There are no finished runs to tell it from." in text and "undecided" in text


def test_more_runs_give_a_verdict_on_the_same_page(store: Store, give: Give) -> None:
    """First four of the judged pairs, which are too few; then all."""
    give(paper())
    fill(store, pairs=JUDGED[:4])
    assert "too few to decide" in page(store).text
    fill(store, pairs=JUDGED)
    assert "too few to decide" not in page(store).text


def test_pictures_of_ones_own_are_all_judged(store: Store, give: Give) -> None:
    give(paper())
    fill(store, pairs=[(f"mine{n}", f"theirs{n}") for n in range(5)])
    text = page(store).text
    assert "None of these is among the runs on this page, so all of them count" in text
    assert "mine0 in the style of theirs0" in text and "not counted" not in text


def test_what_comes_from_elsewhere_is_escaped(store: Store, give: Give) -> None:
    evil = "<img src=x onerror=alert(1)>"
    found = finding(reading=evil, statistic=evil, quote=evil, unit=evil)
    one = claim(words=evil, varied=evil, place=evil, prediction=evil, test=lambda _: (found,))
    give(paper("a", one, authors=evil, title=evil, note=evil, venue=evil))
    jobs = store.sweep("gatys2016_pooling", {"content": [evil, "b"]}, constants={"style": evil})
    store.done(jobs[0])
    store.failed(jobs[1], evil)
    text = page(store, f"pictures.wally={evil}", "size=64").text
    assert evil not in text and "onerror" in page(store).text


def test_what_chance_would_decide_is_said(store: Store, give: Give) -> None:
    """Of two claims on one sweep both have an effect; one without runs has none."""
    give(paper("a", claim(), claim("other"), claim("lost", sweep="lost")))
    assert "chance alone" not in page(store).text
    fill(store)
    text = page(store).text
    assert "if all 2 effects lay just at their thresholds, chance alone would decide 5 %, 0.1 on average" in text
