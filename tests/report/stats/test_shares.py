"""The table of shares: on the page, and as files."""

import csv
import math
from pathlib import Path

import pandas as pd
import pytest

from nst.report.build import build
from nst.report.read import frame
from nst.report.stats import shares
from nst.report.stats.tables import NumberTable
from nst.store.plan import Plan, read_plan
from report.conftest import Store

FORMATS = ("csv", "md", "tex")
NAMES = {"variance.csv", "variance.md", "variance.tex"}


def fill(store: Store, leave: int = 0) -> tuple[Plan, pd.DataFrame]:
    """Two contents and three styles; SSIM has the sums of squares 6, 9 and 1, all else is constant."""
    jobs = store.sweep("s", {"content": ["cat", "<b>dog"], "style": ["a_b", "c", "d"]})
    for job, value in list(zip(jobs, [1, 2, 3, 2, 4, 6], strict=True))[leave:]:
        store.done(job, ssim_content=value / 10)
    plan = read_plan(store.store, "s")
    return plan, frame.frame(plan, store.store)


def test_table(store: Store, tmp_path: Path) -> None:
    (sheet,) = shares.write(*fill(store), tmp_path, FORMATS)
    assert sheet.heads == ("number", "scale", "content", "style", "interaction and rest")
    assert sheet.rows == (("SSIM to content", "linear", "38", "56", "6"), ("expected by chance", "", "20", "40", "40"))
    crossed = "over 6 runs: content (2 values) × style (3 values), one run of each combination"
    assert crossed in sheet.caption and "Without replicates" in sheet.caption and "left out" not in sheet.caption


def test_files(store: Store, tmp_path: Path) -> None:
    shares.write(*fill(store), tmp_path, FORMATS)
    rows = list(csv.DictReader((tmp_path / "variance.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["source"] for row in rows] == ["content", "style", "interaction and rest"]
    assert [(row["metric"], row["scale"], row["df"], row["runs"]) for row in rows] == [
        ("ssim_content", "linear", df, "6") for df in "122"
    ]
    assert [float(row["share"]) for row in rows] == pytest.approx([6 / 16, 9 / 16, 1 / 16])
    assert [float(row["by_chance"]) for row in rows] == pytest.approx([0.2, 0.4, 0.4]) and rows[2]["p"] == ""
    assert "| SSIM to content | linear | 38 | 56 | 6 |" in (tmp_path / "variance.md").read_text(encoding="utf-8")
    assert r"SSIM to content & linear & 38 & 56 & 6 \\" in (tmp_path / "variance.tex").read_text(encoding="utf-8")


def test_what_was_left_out_is_said(store: Store, tmp_path: Path) -> None:
    (sheet,) = shares.write(*fill(store, leave=1), tmp_path, ())
    assert "1 of 5 runs are left out, copies or without counterparts, with all of a_b." in sheet.caption


def test_a_share_beyond_chance_is_marked() -> None:
    assert shares._percent(shares.Share("style", 4, 0.623, 0.1, 0.6, 0.004)) == "62*"
    assert shares._percent(shares.Share("style", 4, 0.623, 0.1, 0.6, 0.05)) == "62"
    assert shares._percent(shares.Share("rest", 4, 0.001, 0.1, math.nan, math.nan)) == "0"


def test_a_sweep_of_one_key_has_neither_table_nor_files(store: Store, tmp_path: Path) -> None:
    for number, job in enumerate(store.sweep("s", {"style": ["a", "b"]})):
        store.done(job, ssim_content=number)
    plan = read_plan(store.store, "s")
    (tmp_path / "variance.csv").write_text("of an earlier report", encoding="utf-8")
    assert shares.write(plan, frame.frame(plan, store.store), tmp_path, FORMATS) == []
    assert not {path.name for path in tmp_path.iterdir()} & NAMES


def test_a_refusal_is_a_sentence(store: Store, tmp_path: Path) -> None:
    pairs = [(number, (number + step) % 6) for number in range(6) for step in (0, 1)]
    for number, job in enumerate(store.sweep("s", {"content": [], "style": []}, pairs=pairs)):
        store.done(job, ssim_content=number / 20)
    plan = read_plan(store.store, "s")
    sheets = shares.write(plan, frame.frame(plan, store.store), tmp_path, FORMATS)
    assert sheets == [
        NumberTable("The runs do not cross content and style: too many combinations are missing.", (), ())
    ]
    assert not {path.name for path in tmp_path.iterdir()} & NAMES


def test_page(store: Store) -> None:
    fill(store)
    folder = build("s", store.root, formats=("html", *FORMATS))
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert '<h2 id="variance-title">What explains the variance</h2>' in page and 'href="#variance"' in page
    assert '<th scope="row">SSIM to content</th>' in page and 'href="variance.csv"' in page
    assert {path.name for path in folder.iterdir()} >= NAMES
