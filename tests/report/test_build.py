"""Whole reports of sweeps that are done, half done, broken or hostile."""

import csv
import html
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nst.errors import UserError
from nst.report.build import FORMATS, build, watch

from .conftest import Store, paint

DRAWN = {f"{name}.{suffix}" for name in ("crops", "curves") for suffix in ("png", "pdf")}
EVERYTHING = {
    *DRAWN,
    "index.html",
    "report.js",
    "live.js",
    "thumbs",
    "grid.png",
    "grid.pdf",
    "timing.csv",
    "timing.md",
    "timing.tex",
    "results.csv",
    "pictures",
}


class Links(HTMLParser):
    """What a page refers to, and the tags it has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []
        self.alts: list[str | None] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [value for key, value in attrs if key in ("href", "src") and value]
        self.alts += [dict(attrs).get("alt")] if tag == "img" else []


def filled(store: Store) -> Path:
    jobs = store.sweep("s", {"seed": [0, 1], "init": ["uniform", "gaussian"]}, report={"crop": [0, 0, 16, 16]})
    for job in jobs[:2]:
        store.done(job, inputs={"content": store.input("abc"), "style": None})
        store.trace(job, [9.0, 4.0, 2.0])
    store.failed(jobs[2], "diverged at evaluation 212")
    return build("s", store.root)


def test_complete_in_itself(store: Store) -> None:
    folder = filled(store)
    assert {path.name for path in folder.iterdir()} == EVERYTHING
    links = Links(folder / "index.html")
    assert all(not re.match(r"[a-z]+:|/|\.\.", link) for link in links.found)
    assert all((folder / link).is_file() for link in links.found if not link.startswith("#"))
    assert all(links.alts[:-2]) and links.alts[-2:] == ["", ""]  # of the enlarged view, until it shows something


def test_the_page_says_what_happened(store: Store) -> None:
    text = (filled(store) / "index.html").read_text(encoding="utf-8")
    for said in (
        "2 of 4 runs done, 1 failed, 1 pending",
        "diverged at evaluation 212",
        "seed=1 init=uniform",
        "nst sweep=s",
    ):
        assert said in text


def test_a_figure_has_its_own_size(store: Store) -> None:
    folder = filled(store)
    text = (folder / "index.html").read_text(encoding="utf-8")
    with Image.open(folder / "curves.png") as image:
        assert f'width="{image.width}" height="{image.height}"' in text


def test_the_same_store_gives_the_same_report(store: Store) -> None:
    folder = filled(store)
    before = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    build("s", store.root)
    assert {path.name: path.read_bytes() for path in folder.glob("*.*")} == before


def test_what_is_no_longer_true_goes(store: Store) -> None:
    folder = filled(store)
    store.sweep("s", {"size": [1]})
    build("s", store.root)
    assert {path.name for path in folder.iterdir()} == EVERYTHING - DRAWN
    assert not list((folder / "pictures").iterdir())


def test_a_picture_that_was_made_again_is_linked_again(store: Store) -> None:
    (job,) = store.sweep("s", {}, pairs=[()])
    store.done(job)
    folder = build("s", store.root)
    image = store.root / "jobs" / job["signature"] / "image.png"
    image.unlink()
    paint(image, (32, 32), seed=99)
    build("s", store.root)
    assert (folder / "pictures" / f"{job['signature']}.png").read_bytes() == image.read_bytes()


@pytest.mark.parametrize("layout", ["grid", "pairs", "triples"])
def test_nothing_done_at_all(store: Store, layout: str) -> None:
    jobs = store.sweep("s", {"content": ["a", "b"]}, report={"layout": layout, "crop": [0, 0, 5, 5]})
    store.failed(jobs[0], "")
    assert (build("s", store.root) / "grid.png").is_file()


def test_no_jobs_at_all(store: Store) -> None:
    store.sweep("s", {"seed": []})
    assert (build("s", store.root) / "index.html").is_file()


def test_broken_folders(store: Store) -> None:
    jobs = store.sweep("s", {"seed": range(4)})
    for job in jobs:
        store.done(job, inputs={"content": 3})
    folders = [store.root / "jobs" / job["signature"] for job in jobs]
    (folders[0] / "image.png").write_bytes(b"")
    (folders[1] / "image.png").unlink()
    (folders[2] / "metrics.json").write_text("[1")
    (folders[3] / "provenance.json").write_text('{"versions": 3, "threads": {"a": [1]}, "git": {"commit": null}}')
    (folders[3] / "trace.csv").mkdir()
    assert (build("s", store.root) / "index.html").is_file()


def test_text_from_configs_is_only_text(store: Store) -> None:
    evil = '<script>alert("x")</script> $\\frac$ 50% & "q"'
    jobs = store.sweep("s", {"style": [evil, "b"]}, purpose=evil, command=evil, constants={"content": evil})
    store.done(jobs[0], stopped=evil, provenance={"device": evil, "versions": {evil: evil}})
    store.failed(jobs[1], evil)
    store.trace(jobs[0], [2.0, 1.0])
    folder = build("s", store.root)
    assert [tag for tag in Links(folder / "index.html").tags if tag == "script"] == ["script"]  # its own
    assert "$\\frac" not in (folder / "timing.tex").read_text(encoding="utf-8")


def test_odd_values_arrive_as_they_are(store: Store) -> None:
    """One row a run in every table, whatever the letters; two values of one label are told apart."""
    odd = ["a=b", "a,b", "a|b", "<b>", "&lt;", "1\n2", "1\r\n3", "1\u20284", '"', "/a/cat.png", "/b/cat.png"]
    for job in store.sweep("s", {"style": odd}, constants={"size": 64}):
        store.done(job)
    folder = build("s", store.root, formats=("html", "csv", "md", "tex"))
    for name in ("results.csv", "timing.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["style"] for row in rows] == odd
        if name == "results.csv":
            assert [shlex.split(row["command"])[3:] for row in rows] == [[f"style={style}"] for style in odd]
    page = (folder / "index.html").read_bytes().decode()  # line ends as they are
    table = page[page.index('id="runs-table"') :]
    assert [html.unescape(text) for text in re.findall(r"\n<td>(.*?)</td>", table, re.DOTALL)] == odd
    rows = (folder / "timing.md").read_text(encoding="utf-8").splitlines()[4:]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [8] * len(odd)
    assert [row.split(" | ")[0][2:] for row in rows[:5]] == ["a=b", "a,b", r"a\|b", "&lt;b>", "&amp;lt;"]
    lines = (folder / "timing.tex").read_text(encoding="utf-8").splitlines()
    rows = lines[lines.index(r"\midrule") + 1 : lines.index(r"\bottomrule")]
    assert [row.split(" & ")[0] for row in rows] == [
        *("a=b", "a,b", "a|b", r"\textless{}b\textgreater{}", r"\&lt;", "1 2", "1  3", "1 4", r"\textquotedbl{}"),
        *("/a/cat.png", "/b/cat.png"),
    ]


def test_many_cells(store: Store) -> None:
    jobs = store.sweep("s", {"style_layers": [f"conv_{n}" for n in range(1, 9)], "tv_weight": [0, 1, 2, 3, 4]})
    for job in jobs:
        store.done(job, size=(48, 40))
        store.trace(job, [5.0, 3.0])
    with Image.open(build("s", store.root) / "grid.png") as image:
        assert image.width <= 2400


def test_letters_that_no_font_has(store: Store) -> None:
    store.sweep("s", {"style": ["\U000f0000 猫", "b"]})
    assert (build("s", store.root) / "grid.png").is_file()


def test_mistakes_write_nothing(store: Store) -> None:
    store.sweep("s", {"seed": [0, 1]})
    with pytest.raises(UserError, match="'init' does not vary"):
        build("s", store.root, rows="init")
    with pytest.raises(UserError, match="crop"):
        build("s", store.root, crop="1,2")
    assert not (store.root / "sweeps" / "s" / "report").exists()


def test_reads_only_the_disk() -> None:
    heavy = "{'torch', 'hydra', 'omegaconf', 'nst.network', 'matplotlib', 'scipy'}"
    code = f"import sys, nst.report.build; sys.exit(str({heavy} & set(sys.modules) or ''))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert said.stderr.strip() == ""


def test_the_page_alone_is_written_without_what_draws(store: Store) -> None:
    """So a sweep begins sooner: its page comes before its first run."""
    store.done(store.sweep("s", {"seed": [0, 1]})[0])
    code = (
        "import sys; from pathlib import Path; from nst.report.build import LIVE, build; "
        "folder = build('s', Path(sys.argv[1]), formats=LIVE); "
        "sys.exit(str({'torch', 'matplotlib', 'scipy'} & set(sys.modules) or ''))"
    )
    said = subprocess.run([sys.executable, "-c", code, store.root], capture_output=True, text=True, check=False)
    assert said.stderr.strip() == ""
    assert (store.root / "sweeps" / "s" / "report" / "index.html").exists()


def test_formats_alone(store: Store) -> None:
    """Only what is asked for is written; what was there before stays."""
    store.done(store.sweep("s", {"seed": [0, 1]})[0])
    folder = build("s", store.root, formats=("csv",))
    assert {path.name for path in folder.iterdir()} == {"results.csv", "timing.csv"}
    build("s", store.root, formats=("md",))
    assert {path.name for path in folder.iterdir()} == {"results.csv", "timing.csv", "timing.md"}
    build("s", store.root, formats="csv, tex")
    assert {path.name for path in folder.iterdir()} == {"results.csv", "timing.csv", "timing.md", "timing.tex"}
    for wrong in (("htlm",), "htlm"):
        with pytest.raises(UserError, match="unknown format 'htlm'; did you mean 'html'"):
            build("s", store.root, formats=wrong)


def test_axes_make_a_grid_of_triples(store: Store) -> None:
    for job in store.sweep("s", {"content": ["cat", "dog"], "style": ["a", "b"]}, report={"layout": "triples"}):
        store.done(job, inputs={"content": store.input("c"), "style": store.input("s")})
    triples, grid = ((build("s", store.root, rows=rows) / "grid.png").read_bytes() for rows in (None, "content"))
    assert triples != grid


def test_a_crop_outside_of_every_picture(store: Store) -> None:
    """Asked for, a mistake, unless a larger picture may still come; from the sweep's own file, passed over."""
    jobs = store.sweep("s", {"seed": [0, 1]}, report={"crop": [500, 500, 10, 10]})
    store.done(jobs[0], size=(72, 48))
    build("s", store.root, crop="72,0,10,10", formats=("csv",))
    store.done(jobs[1], size=(64, 64))
    with pytest.raises(UserError, match=r"crop 72,0,10,10 lies outside the pictures \(72 x 64 at most\)"):
        build("s", store.root, crop="72,0,10,10")
    folder = build("s", store.root)
    assert not (folder / "crops.png").exists()
    assert "Enlarged" not in (folder / "index.html").read_text(encoding="utf-8")


def test_a_part_of_the_runs(store: Store) -> None:
    for job in store.sweep("s", {"seed": [0, 1], "init": ["uniform", "content"]}):
        store.done(job)
    folder = build("s", store.root, where={"init": "content"}, formats=("csv",))
    assert (folder / "results.csv").read_text(encoding="utf-8").count("\n") == 3


def test_a_report_is_built_again_until_all_runs_have_ended(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three runs one is done; while the watcher sleeps, nothing ends, then one fails, then one is done."""
    jobs = store.sweep("s", {"seed": [0, 1, 2]})
    store.done(jobs[0])
    events: list[Callable[[], Any]] = [
        lambda: None,
        lambda: store.failed(jobs[1], "no"),
        lambda: store.done(jobs[2]),
    ]
    monkeypatch.setattr("nst.report.build.time.sleep", lambda _: events.pop(0)())
    made: list[tuple[str, ...]] = []

    def make(formats: tuple[str, ...]) -> Path:
        made.append(tuple(formats))
        return store.root

    watch("s", store.root, make, FORMATS)
    assert made == [("html", "csv"), ("html", "csv"), FORMATS]


def test_a_finished_sweep_is_built_at_once(store: Store) -> None:
    store.done(store.sweep("s", {})[0])
    made: list[object] = []
    watch("s", store.root, lambda formats: made.append(formats) or store.root, ("png",))
    assert made == [("png",)]
