"""Style losses timed in turns, against the Gram loss."""

from pathlib import Path

import pandas as pd
import pytest

from nst.bench.scenarios import losses
from nst.errors import UserError


def test_each_is_called_once_to_warm_up_and_once_a_round_in_turns() -> None:
    calls: list[str] = []
    seconds = losses.in_turns({name: lambda name=name: calls.append(name) for name in ("gram", "mean")}, 2, "cpu")
    assert calls == ["gram", "mean"] * 3
    assert [len(times) for times in seconds.values()] == [2, 2]


def test_ratios_are_within_a_round() -> None:
    """Rounds of 1, 2 and 4 s against 2, 1 and 5 s: ratios 2, 0.5 and 1.25, of which 1.25 is the median."""
    gram, mean = losses.to_rows({"gram": [1, 2, 4], "mean": [2, 1, 5]}, 64, "fp32")
    assert (gram.ratio, gram.ratio_min, gram.ratio_max, gram.ms_per_evaluation_p50) == (1, 1, 1, 2000)
    assert (mean.ratio, mean.ratio_min, mean.ratio_max, mean.rounds) == (1.25, 0.5, 2, 3)


def test_only_losses_of_a_style_can_be_timed() -> None:
    assert {"gram", "wasserstein", "patches"} <= set(losses.style_losses())
    assert not {"mse", "tv", "self_similarity"} & set(losses.style_losses())
    with pytest.raises(UserError, match="--losses waserstein: unknown; did you mean 'wasserstein'"):
        losses.run(["--losses", "waserstein"])


def test_tables_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--size", "32", "--rounds", "2", "--losses", "mean", "--device", "cpu", "--threads", "1"]
    assert losses.run([*given, "--out", str(tmp_path)]) == 0
    (csv,) = tmp_path.glob("*-losses.csv")
    rows = pd.read_csv(csv)
    assert list(rows["loss"]) == ["gram", "mean"] and list(rows["rounds"]) == [2, 2]
    assert rows["ratio"][0] == 1 and rows["ratio"][1] > 0
    assert "| `mean` |" in capsys.readouterr().out
