"""The page: order, figures, statements, links, and what is missing."""

import re

import pytest
from report.conftest import Store

from nst.site.arguments import Asked
from nst.writeup.claims import PILOTS, STATEMENTS, UNTESTABLE
from nst.writeup.site import site
from nst.writeup.site.contents import EVERY, FIGURES, SWEEPS, WRITEUP
from writeup.conftest import Page, fill, finding

CLAIMS = [claim for claim in STATEMENTS if claim != "weight_ratio"]
"""Those that are tested."""
pytestmark = pytest.mark.usefixtures("undrawn")


def build(store: Store, *overrides: str) -> Page:
    asked = Asked(WRITEUP, overrides, store.root)
    assert site.build(asked) == str(asked.site / "index.html")
    return Page(asked.site)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "judge", lambda *_: tuple(finding(claim) for claim in CLAIMS))


@pytest.mark.usefixtures("judged")
def test_parts_figures_and_statements_are_in_order(store: Store) -> None:
    fill(store)
    ids = build(store).ids
    assert [i for i in ids if not i.startswith(("fig-", "claim-", "tab-"))] == [
        *("found", "part1", "part2", "part3", "bells", "differs")
    ]
    assert [i for i in ids if i.startswith("fig-")] == [f"fig-{name}" for name in FIGURES]
    assert [i for i in ids if i.startswith("claim-")] == [f"claim-{claim}" for claim in STATEMENTS]


@pytest.mark.usefixtures("judged")
def test_complete_in_itself(store: Store) -> None:
    """Every link is to a place on the page or to a file in the folder, but those to the sweeps' own reports."""
    fill(store)
    store.write("sweeps/sizes/report/index.html", "")
    page, folder = build(store), store.root / "writeup"
    files = [link for link in page.links if not link.startswith("#")]
    outside = [link for link in files if link.startswith("..")]
    assert outside == ["../sweeps/sizes/report/index.html"] and (folder / outside[0]).is_file()
    assert all((folder / link).is_file() for link in files) and "claims.md" in files
    assert all(link[1:] in page.ids for link in page.links if link.startswith("#"))
    assert all(page.alts) and not page.tags & {"script", "link", "iframe"}
    assert not re.search(r"https?://", page.text)


@pytest.mark.usefixtures("judged")
def test_numbers_of_findings_and_runs_are_shown(store: Store) -> None:
    fill(store)
    text = build(store).text
    for said in ("0.912", "0.8 to 0.97", "✓", "It falls.", "31.25", "Xeon", "bundled (c34748d2a8b1)", "100 steps (s)"):
        assert said in text
    assert "not tested" not in text and "not made yet" not in text


@pytest.mark.usefixtures("judged")
def test_what_cannot_be_tested_is_listed_and_not_judged(store: Store) -> None:
    """Once among all statements, once at its place with the reason, and as text."""
    fill(store)
    page, text = build(store), (store.root / "writeup" / "claims.md").read_text(encoding="utf-8")
    assert page.text.count("not testable</span>") == 2 * len(UNTESTABLE)
    for one in UNTESTABLE:
        assert page.text.count(f"“{one.quote}”") == 2 and page.text.count(one.why) == 1 and one.why in text
    assert page.ids.index("claim-stroke_scale") < page.ids.index("claim-weight_ratio") < page.ids.index("claim-starts")


@pytest.mark.usefixtures("judged")
def test_pilots_and_judged_pictures_are_named(store: Store) -> None:
    fill(store)
    text = " ".join(build(store).text.split())
    assert f"stood in for the write-up's: {', '.join(PILOTS)}." in text
    assert "Verdicts are about these: c0, s0." in text


def test_nothing_at_all(store: Store) -> None:
    page = build(store, "profile=quick")
    assert page.text.count("not made yet") >= len(SWEEPS) and "not tested" in page.text
    for name in EVERY:
        assert f"python -m nst.run sweep={name} profile=quick" in page.text
    assert page.alts == [] and [path.name for path in (store.root / "writeup").iterdir()] == ["index.html"]


def test_without_the_companion_only_what_was_measured(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    found = (finding("starts", n=0, reading="Nothing."), finding("running_time", n=10, reading="As long."))
    monkeypatch.setattr(site, "judge", lambda *_: found)
    fill(store, ["timing"])
    text = build(store).text
    assert "As long." in text and "Nothing." not in text and "The runs that the tests need: not made yet" in text


def test_failed_and_pending_runs_are_said(store: Store) -> None:
    (first, _) = store.sweep("sizes", {"seed": [0, 1]})
    store.failed(first, "diverged at evaluation 212")
    text = build(store).text
    assert "0 of 2 runs done, 1 failed, 1 pending" in text and "seed 0 failed: diverged at evaluation 212" in text


def test_findings_of_an_earlier_site_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, ["claims"])
    monkeypatch.setattr(site, "judge", lambda *_: (finding(),))
    build(store)
    assert (store.root / "writeup" / "claims.md").is_file()
    monkeypatch.setattr(site, "judge", lambda *_: ())
    build(store)
    assert not (store.root / "writeup" / "claims.md").exists()


def test_what_comes_from_configs_is_escaped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "<img src=x onerror=alert(1)>"
    fill(store, ["claims"])
    jobs = store.sweep("sizes", {"content": [evil, "b"]}, constants={"style": evil})
    store.done(jobs[0])
    store.failed(jobs[1], evil)
    monkeypatch.setattr(site, "judge", lambda *_: (finding(reading=evil, statistic=evil, quote=evil, unit=evil),))
    page = build(store, f"pictures.wally={evil}")
    assert evil not in page.text and "onerror" in build(store).text


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ((), "full"),
        (("profile=quick", "pictures=writeup", "runs_dir=/x", "hydra/launcher=joblib"), "quick"),
        (("profile=quick", "size=32", "steps=2"), "quick, size=32 steps=2"),
    ],
)
def test_what_was_asked_of_all_runs_stands_at_the_top(overrides: tuple[str, ...], said: str, store: Store) -> None:
    assert f"<dt>profile</dt><dd>{said}</dd>" in build(store, *overrides).text
