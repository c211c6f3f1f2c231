"""The page is made from runs that are made up here; one tiny run of each variant shows that all of them work."""

from math import isnan, nan
from pathlib import Path

import pytest

from nst.bench import optimizers
from nst.bench.lbfgs_variants import DTYPE_VARIANTS, VARIANTS, Run
from nst.bench.optimizers_page import MARKS, page
from nst.errors import UserError
from nst.spec.schema import Config

REACHED = (8.0, 4.0, 2.0, 1.0, nan, nan, nan)


def made_up(variant: str, losses: tuple[float, ...] = REACHED, exploded: bool = False, seed: int = 0) -> Run:
    return Run("chelsea+ihc", "content", seed, variant, 64, 400, exploded, 1.5, 0.9, "a GPU", losses)


def test_variants_are_compared_by_geometric_means_over_those_of_capped() -> None:
    """Half and twice as high: 1."""
    other = Run("coffee+ihc", "noise", 0, "capped", 64, 400, False, 1.0, 1.0, "a GPU", REACHED)
    late = (16.0, 1.0, 4.0, 2.0, nan, nan, nan)
    text = page([
        made_up("capped"), other,
        made_up("projected", (4.0, 1.0, 4.0, nan, nan, nan, nan), exploded=True),
        Run("coffee+ihc", "noise", 0, "projected", 64, 400, False, 3.0, 1.0, "a GPU", late),
    ])  # fmt: skip
    assert "| capped | 2 | 0 | 1.5 | 1.000 | 1.000 | 1.000 | 1.000 |  |  |  |" in text
    assert "| projected | 2 | 1 | 3 | 1.000 | 0.250 | 2.000 | 2.000 |  |  |  |" in text
    assert "| projected | 4 | 1 | 4 |  |  |  |  | 1.5 | exploded |" in text
    assert "### coffee + ihc, from noise, 64 pixels" in text


def test_types_of_history_are_compared_over_seeds() -> None:
    """8 and 10: 9, and their deviation is the root of 2."""
    text = page([made_up("history bf16"), made_up("history bf16", (10.0, 4.0, *REACHED[2:]), seed=1)])
    assert "| history bf16 | 2 | 9 ± 1.4 | 4 ± 0 |" in text


def test_a_page_of_nothing_says_so() -> None:
    text = page([])
    assert text.count("Not measured yet.") == 3 and "{{" not in text
    assert all(f"| {name} |" in text for name in VARIANTS)


def test_runs_survive_the_file(tmp_path: Path) -> None:
    path, runs = tmp_path / "optimizers.csv", [made_up("capped"), made_up("projected", exploded=True)]
    path.write_text(optimizers.as_csv(runs))
    read = optimizers.read_rows(path)
    assert [run.case for run in read] == [run.case for run in runs]
    assert [run.exploded for run in read] == [False, True]
    assert read[0].losses[:4] == REACHED[:4] and all(isnan(loss) for loss in read[0].losses[4:])
    assert optimizers.read_rows(tmp_path / "none.csv") == []


def test_the_worst_ratio_is_taken_after_the_early_jumps() -> None:
    losses = [10.0, 50.0, 5.0] + [4.0] * 47 + [6.0, 3.0, 7.5, 1.0]
    assert optimizers.worst_ratio(losses) == 2.5
    assert optimizers.worst_ratio([5.0] * 60) == optimizers.worst_ratio([1.0, 9.0]) == 1


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(optimizers, "RESULTS", tmp_path / "optimizers.csv")
    monkeypatch.setattr(optimizers, "PAGE", tmp_path / "optimizers.md")
    monkeypatch.setattr(optimizers, "SEEDS", range(1))
    return Config(size=32, steps=2, device="cpu", precision="fp32", threads=2, optimizer={"name": "lbfgs"})


def test_every_variant_runs_from_both_starts_and_no_run_is_made_twice(
    base: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = optimizers.measure([], base, ["chelsea+ihc"], list(VARIANTS))
    assert len(runs) == 2 * len(VARIANTS) + len(DTYPE_VARIANTS)
    assert len({run.case for run in runs}) == len(runs) and not any(run.exploded for run in runs)
    assert {run.start for run in runs} == {"content", "noise"}
    assert all(run.best_loss > 0 and len(run.losses) == len(MARKS) for run in runs)
    monkeypatch.setattr(optimizers, "run", None)
    kept = optimizers.read_rows(optimizers.RESULTS)
    assert len(optimizers.measure(kept, base, ["chelsea+ihc"], list(VARIANTS))) == len(runs)


def test_a_variant_that_does_not_exist_is_refused(base: Config) -> None:
    with pytest.raises(UserError, match="no variant is called 'typo': tutorial, consistent"):
        optimizers.measure([], base, ["chelsea+ihc"], ["typo"])


def test_the_page_alone_needs_no_run(base: Config, capsys: pytest.CaptureFixture[str]) -> None:
    optimizers.main(["--page-only"])
    assert "0 runs" in capsys.readouterr().out and "Not measured yet." in optimizers.PAGE.read_text()
