"""What the page is made of, read without a browser."""

import json
import re
from pathlib import Path

from PIL import Image

from nst.report.build import LIVE, build
from nst.report.page.content import paragraphs
from nst.report.page.html import SECTIONS, script

from .conftest import Store

EVIL = '</script><script>alert("1")</script>&\u2028'
INPUTS = ("content", "deep", "deep[2]")


def live(folder: Path) -> dict[str, object]:
    text = (folder / "live.js").read_text(encoding="utf-8")
    found: dict[str, object] = json.loads(text.removeprefix("nst.update(").removesuffix(");"))
    return found


def test_live_is_one_call_with_every_section(store: Store) -> None:
    jobs = store.sweep("s", {"style": [EVIL, "b"]}, purpose=EVIL, command=EVIL)
    store.failed(jobs[0], EVIL)
    folder = build("s", store.root, formats=LIVE)
    text = (folder / "live.js").read_text(encoding="utf-8")
    assert text.isascii() and not set("<>&") & set(text) and text.count("\n") == 0
    news = live(folder)
    assert news["finished"] is False and set(news["sections"]) == set(SECTIONS)
    assert "</script><script>" not in news["sections"]["failures"]["html"]


def test_only_what_changed_has_another_stamp(store: Store) -> None:
    jobs = store.sweep("s", {"seed": [0, 1]})
    store.done(jobs[0])
    first = live(build("s", store.root, formats=LIVE))
    assert live(build("s", store.root, formats=LIVE)) == first
    store.done(jobs[1])
    second = live(build("s", store.root, formats=LIVE))
    changed = {name for name in SECTIONS if first["sections"][name]["stamp"] != second["sections"][name]["stamp"]}
    assert {"status", "results", "runs"} <= changed and not {"constants", "failures", "inputs"} & changed
    assert second["finished"] is True and second["stamp"] != first["stamp"]


def test_figures_of_an_earlier_report_stay_linked(store: Store) -> None:
    jobs = store.sweep("s", {"seed": [0, 1]})
    store.done(jobs[0])
    folder = store.root / "sweeps" / "s" / "report"
    folder.mkdir()
    Image.new("RGB", (30, 20)).save(folder / "curves.png")
    text = (build("s", store.root, formats=LIVE) / "index.html").read_text(encoding="utf-8")
    assert 'src="curves.png"' in text and 'width="30" height="20"' in text
    assert 'href="results.csv"' in text and "grid.png" not in text


def test_what_moves_stands_still_at_first(store: Store) -> None:
    (job,) = store.sweep("s", {"seed": [0]})
    store.done(job)
    folder = store.root / "sweeps" / "s" / "report"
    (folder / "motion").mkdir(parents=True)
    for name in ("grid", job["signature"], "deadbeef"):
        Image.new("RGB", (8, 8)).save(folder / "motion" / f"{name}.webp")
    (folder / "motion" / "grid.mp4").touch()
    text = (build("s", store.root, formats=LIVE) / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'class="film" href="([^"]+)"[^>]*><img src="([^"]+)"', text) == [
        ("motion/grid.webp", "thumbs/motion-grid.webp"),
        (f"motion/{job['signature']}.webp", f"thumbs/motion-{job['signature']}.webp"),
    ]
    assert 'href="motion/grid.mp4"' in text


def test_a_crop_outside_is_an_empty_cell(store: Store) -> None:
    """Nobody takes a whole picture for a region of it."""
    jobs = store.sweep("s", {"size": [32, 64]})
    for job in jobs:
        store.done(job, size=(job["values"]["size"],) * 2)
    store.failed(store.sweep("s", {"size": [32, 64, 128]})[2], "killed")
    text = (build("s", store.root, crop="40,0,10,10", formats=LIVE) / "index.html").read_text(encoding="utf-8")
    results = text[text.index('id="results"') : text.index('id="runs"')]
    assert results.count('class="tile done detail"') == 1
    assert re.findall(r'class="note">([^<]+)', results) == ["the crop lies outside", "killed"]


def test_one_row_of_inputs_and_one_of_results_are_named(store: Store) -> None:
    for job in store.sweep("s", {"content": ["a", "b"]}):
        store.done(job, inputs={"content": store.input(job["values"]["content"])})
    text = (build("s", store.root, formats=LIVE) / "index.html").read_text(encoding="utf-8")
    results = text[text.index('id="results"') : text.index('id="runs"')]
    assert re.findall(r'class="caption">([^<]+)', results) == ["content picture", "result"] * 2


def test_every_input_has_a_thumbnail(store: Store) -> None:
    """Of a run without style, whose further loss takes two pictures."""
    (job,) = store.sweep("s", {}, constants={"content": "a", "losses.deep.picture": "b+c"})
    store.done(job, inputs={name: store.input(3 * letter) for letter, name in zip("abc", INPUTS, strict=True)})
    folder = build("s", store.root, formats=LIVE)
    text = (folder / "index.html").read_text(encoding="utf-8")
    inputs = text[text.index('id="inputs"') : text.index('id="constants"')]
    files = ["thumbs/content-aaa.webp", "thumbs/deep-bbb.webp", "thumbs/deep[2]-ccc.webp"]
    assert re.findall(r'src="([^"]+)"', inputs) == files and all((folder / file).is_file() for file in files)
    assert re.findall(r'class="name">([^<]+)</span> <span class="quiet">([^<]+)', inputs) == [
        *(("a", "content"), ("b+c", "deep"), ("b+c", "deep[2]"))
    ]


def test_code_in_the_purpose(store: Store) -> None:
    store.sweep("s", {}, purpose="See `nst <x>`.")
    text = (build("s", store.root, formats=LIVE) / "index.html").read_text(encoding="utf-8")
    assert '<p class="purpose">See <code>nst &lt;x&gt;</code>.</p>' in text


def test_the_script_is_classic_and_asks_the_network_for_nothing() -> None:
    found = script()
    assert not re.search(r"\b(import|export|fetch|XMLHttpRequest|eval|WebSocket)\b|https?:", found)


def test_paragraphs() -> None:
    assert paragraphs("one\n  two\n\nthree\n\n\n") == ("one two", "three")
