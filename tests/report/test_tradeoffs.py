"""The trade-off in a report: only of measured runs of several methods over a weight, with other keys if asked."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from nst.errors import UserError
from nst.metrics.table import RULER, VERSION
from nst.report.build import build
from report.conftest import Store
from report.stats.tradeoff.frames import PAIRS, Points, line, measures

WEIGHTS = (1e3, 1e4)
FILES = {f"tradeoff.{suffix}" for suffix in ("png", "pdf", "csv", "md", "tex")}
METHODS: dict[str, Points] = {"sliced": line(), "cmd": line(0.1)}
CONSTANTS = {"size": 64, "content_loss": "mse"}


def fill(store: Store, methods: Sequence[str] = ("sliced", "cmd"), is_measured: bool = True) -> None:
    """The sweep `s` on five pairs of pictures."""
    rows = [(*pair, method, weight) for pair in PAIRS[:5] for method in methods for weight in WEIGHTS]
    keys = ("content", "style", "style_loss", "style_weight")
    jobs = store.sweep("s", dict.fromkeys(keys, ()), pairs=rows, constants=CONSTANTS)
    for job, (*pair, method, weight) in zip(jobs, rows, strict=True):
        store.done(job, size=(8, 8))
        digest = hashlib.sha256((store.root / "jobs" / job["signature"] / "image.png").read_bytes()).hexdigest()
        numbers = measures(*METHODS[method](PAIRS.index((pair[0], pair[1])), WEIGHTS.index(weight)))
        own = {"version": VERSION, "ruler": RULER, "picture_sha256": digest}
        if is_measured:
            store.write(f"jobs/{job['signature']}/measures.json", {**own, **numbers})


def section(folder: Path) -> str:
    text = (folder / "index.html").read_text(encoding="utf-8")
    start = text.find('<section id="tradeoff"')
    return text[start : text.index("</section>", start)] if start >= 0 else ""


def test_figure_sentences_and_table(store: Store) -> None:
    fill(store)
    folder = build("s", store.root)
    assert {path.name for path in folder.glob("tradeoff.*")} == FILES
    said = section(folder)
    assert 'src="tradeoff.png"' in said and "decided for <code>cmd</code> by every pair of measures" in said
    assert "<code>cmd</code> has the higher GE than <code>sliced</code> in 5 of 5 pairs" in said
    assert said.count("<tr>") == 1 + 4 and "for cmd</td>" in said
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert '<a href="#tradeoff">' in text and all(f'href="{file}"' in text for file in FILES)


def test_nothing_without_measures(store: Store) -> None:
    fill(store)
    build("s", store.root)
    for path in store.root.glob("jobs/*/measures.json"):
        path.unlink()
    folder = build("s", store.root)
    assert not section(folder) and not list(folder.glob("tradeoff.*"))


def test_nothing_of_one_method(store: Store) -> None:
    fill(store, ("sliced",))
    folder = build("s", store.root, formats=("html", "csv"))
    assert not section(folder) and not (folder / "tradeoff.csv").exists()


def test_one_that_was_asked_for_and_is_not_there(store: Store) -> None:
    """What was drawn before stays, as at any mistake: curves over a key without numbers are none."""
    fill(store)
    folder = build("s", store.root)
    with pytest.raises(UserError, match="^tradeoff: sweep 's' has none with these keys; it needs measured runs"):
        build("s", store.root, tradeoff="style_weight,style_loss")
    assert {path.name for path in folder.glob("tradeoff.*")} == FILES
    assert build("s", store.root, tradeoff="style_weight,style_loss", formats=()) == folder  # before measuring


def test_one_that_may_still_come(store: Store) -> None:
    """As with `--watch` from the start."""
    fill(store, is_measured=False)
    next(store.root.glob("jobs/*/metrics.json")).unlink()
    assert not section(build("s", store.root, tradeoff="style_loss,style_weight", formats=("html",)))


def test_other_keys(store: Store) -> None:
    fill(store)
    assert section(build("s", store.root, tradeoff="style_loss,style_weight", formats=("html",)))
    with pytest.raises(UserError, match="^tradeoff: 'style_los' does not vary in sweep 's'; did you mean 'style_loss'"):
        build("s", store.root, tradeoff="style_los")
    with pytest.raises(UserError, match="^tradeoff: 3 keys; give that of the methods, and that of the curves$"):
        build("s", store.root, tradeoff="style_loss,style_weight,content")
