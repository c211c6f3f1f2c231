"""All statements at once: order, words, and frames in any state."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nst.store.columns import METRICS, PATHS
from nst.writeup.claims import PILOTS, STATEMENTS, UNTESTABLE, judge, judged_pictures, markdown
from nst.writeup.claims.__main__ import main
from tests.statements.conftest import Rows, noise

CLAIMS = (
    *("content_depth", "noise_survives", "style_bands", "noise_textures", "stroke_scale"),
    *("starts", "running_time"),
)


def test_nothing_is_undecided_in_the_order_of_the_write_up() -> None:
    found = judge(pd.DataFrame())
    assert tuple(dict.fromkeys(finding.claim for finding in found)) == CLAIMS
    assert {(finding.verdict, finding.n) for finding in found} == {("undecided", 0)}
    assert len({finding.statistic for finding in found}) == len(found)


@pytest.mark.pictures
def test_quotes_are_the_write_ups_own_words(writeup_text: Path) -> None:
    text = " ".join(writeup_text.read_text(encoding="utf-8").split())
    assert [one.quote for one in (*judge(pd.DataFrame()), *UNTESTABLE) if one.quote not in text] == []


TELLS = (
    *(
        "This Assignment",
        "We start by",
        "We insert",
        "I insert the",
        "And from two random",
        "I use ballet",
        "For the fol",
    ),
    *(
        "One intuitive",
        "A second approach",
        "I added",
        "I tried my",
        "The result generated from noise cost",
        "Bells and",
    ),
)
"""Beginnings of sentences that say what was done, or how long it took, and evaluate nothing."""


@pytest.mark.pictures
def test_every_sentence_that_evaluates_is_tested_or_listed(writeup_text: Path) -> None:
    """A sentence of prose is a line, or a part of one, that ends in a full stop."""
    quotes = [one.quote for one in (*judge(pd.DataFrame()), *UNTESTABLE)]
    lines = writeup_text.read_text(encoding="utf-8").splitlines()
    sentences = [one for line in lines for one in re.findall(r"(?:[^.]|\.(?!\s|$))+\.", line)]
    left = [one.strip() for one in sentences if not any(quote in one or one.strip() in quote for quote in quotes)]
    assert len(sentences) > 25 and [one for one in left if not one.startswith(TELLS)] == []


def test_every_id_has_its_place() -> None:
    used = {one.claim for one in (*judge(pd.DataFrame()), *UNTESTABLE)}
    assert used == set(STATEMENTS) and [one for one in STATEMENTS if one in CLAIMS] == list(CLAIMS)


def test_no_sentence_is_both_tested_and_not_testable() -> None:
    tested = {finding.quote for finding in judge(pd.DataFrame())}
    assert not any(one.quote in quote or quote in one.quote for one in UNTESTABLE for quote in tested)
    assert all(one.why.endswith(".") for one in UNTESTABLE) and len({one.quote for one in UNTESTABLE}) == 7


def test_pilot_pictures_are_not_judged(rows: Rows) -> None:
    for number, content in enumerate((*PILOTS, "wally (chelsea)", "rocket", "china")):
        for layer in ("conv_1", "conv_3", "conv_5"):
            rows.add(content=content, style=None, content_layers=layer, init="noise", psnr_content_db=30.0 + number)
    assert judge(rows.frame)[0].n == 2 and judged_pictures(rows.frame) == ("rocket", "china")


@pytest.fixture
def everything(rows: Rows) -> Rows:
    """Runs for every statement, two of each, their pictures noise."""
    number = 0

    def add(**keys: Any) -> None:
        nonlocal number
        number += 1
        pictures = {name: noise(number + place, (12, 12)) for place, name in enumerate(("image", "start"), start=1)}
        inputs = {f"{kind}_picture": noise(0, (12, 12)) for kind in ("content", "style") if keys[kind] is not None}
        measured = {
            "content_loss": 3.0,
            "style_loss": 2.0,
            "psnr_content_db": 9.0 + number,
            "ssim_content": 0.5,
            "feature_distance_content": 1.0,
        }
        rows.add(**keys, **pictures, **inputs, **measured, steps_requested=3, trace=[(1, 1, 5), (2, 2, 4 + number)])

    for init in ("content", "uniform", "gaussian"):
        for seed in (0, 1):
            for layers in ("conv_1", "conv_3", "conv_4"):
                add(content="a", style=None, content_layers=layers, init=init, seed=seed)
            for layers in ("conv_1-3", "conv_4-6"):
                add(content=None, style="b", style_layers=layers, init=init, seed=seed)
            add(content="a", style="b", style_weight=1e6, init=init, seed=seed)
    return rows


def test_every_statement_sees_its_runs(everything: Rows) -> None:
    found = judge(everything.frame, everything.frame)
    seen = {finding.claim for finding in found if finding.n > 0}
    assert set(CLAIMS) - seen == {"stroke_scale", "running_time"}  # one size, no times


def _nothing(row: dict[str, Any], name: str) -> None:
    row[name] = None


def _no_file(row: dict[str, Any], name: str) -> None:
    if isinstance(row.get(name), Path):
        row[name] = row[name].with_name("gone.png")


def _broken(row: dict[str, Any], name: str) -> None:
    if isinstance(row.get(name), Path):
        row[name].write_bytes(b"\x89PNG\r\n\x1a\n")


NAMES = [
    *(column.name for column in (*PATHS, *METRICS)),
    "content",
    "style",
    "content_layers",
    "style_layers",
    "style_weight",
    "init",
    "seed",
]


@pytest.mark.parametrize("spoil", [_nothing, _no_file, _broken])
def test_no_row_raises(spoil: Callable[[dict[str, Any], str], None], everything: Rows) -> None:
    for place, row in enumerate(everything.rows):
        spoil(row, NAMES[place % len(NAMES)])
        row["state"] = ("done", "failed", "done")[place % 3]
    assert len(judge(everything.frame, everything.frame)) >= 18


def test_no_missing_column_raises(everything: Rows) -> None:
    """Half of the columns, then the other half."""
    frame = everything.frame
    for names in (NAMES[::2], NAMES[1::2], NAMES):
        without = frame.drop(columns=names, errors="ignore")
        assert len(judge(without, without)) >= 18


def test_other_columns_change_no_verdict(everything: Rows) -> None:
    """A metric that a later version records, and one that a reader has computed: no keys, whatever they hold."""
    frame = everything.frame
    expected = [(finding.verdict, finding.effect, finding.n) for finding in judge(frame, frame)]
    frame["sharpness"] = range(len(frame))
    frame["note"] = [f"run {number}" for number in range(len(frame))]
    found = [(finding.verdict, finding.effect, finding.n) for finding in judge(frame, frame)]
    assert repr(found) == repr(expected)  # NaN equals itself


def test_markdown(everything: Rows) -> None:
    text = markdown(judge(everything.frame))
    assert text.count("\n## ") + 1 == len(CLAIMS) and text.startswith("## Content depth\n\n> It can be inferred")
    assert "** The PSNR to content goes from" in text
    assert "| statistic | verdict | effect | 95 % from | to | n |" in text
    assert "conv\\_1" in text and "conv_1" not in text
    listed = markdown((), UNTESTABLE)
    assert listed.startswith("## Not testable\n\n> while in the middle") and listed.count("**Not testable.**") == 7


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--runs-dir", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: no sweep 'claims'") and said.err.count("\n") == 1 and said.out == ""
    plan = '{"version": 2, "name": "claims", "jobs": [{"signature": "abc", "values": {"seed": 1}}]}'
    (tmp_path / "sweeps" / "claims").mkdir(parents=True)
    (tmp_path / "sweeps" / "claims" / "plan.json").write_text(plan, encoding="utf-8")
    assert main(["claims", "--timing", "claims", "--runs-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("## Content depth")
