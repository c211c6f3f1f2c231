"""Sentences about a trade-off: dominance only if every pair of axes agrees, and what it left out."""

from nst.metrics.table import BY_NAME
from nst.report.stats.tradeoff.sheet import TradeOff, trade_off
from nst.report.stats.tradeoff.words import brief

from .frames import PAIRS, frame, line, rows


def compared(*runs: list[dict[str, object]]) -> TradeOff:
    found = trade_off(frame(*runs))
    assert found is not None
    return found


def test_dominance() -> None:
    (found,) = compared(rows("sliced", line()), rows("cmd", line(0.1))).statements
    assert found.head == "`cmd` dominates `sliced`: decided for `cmd` by every pair of measures."
    counted = "than `sliced` in 6 of 6 pairs, by 0.1005 ± 0.0020 on average: decided for `cmd`."
    better = ("higher GE", "lower colour distance to style")
    expected = [f"At equal {x}, `cmd` has the {y} {counted}" for x in ("CF", "GMS to content") for y in better]
    assert list(found.lines) == expected


def test_one_measure_that_says_otherwise_is_no_dominance() -> None:
    runs = frame(rows("sliced", line()), rows("cmd", line(0.1)))
    better = runs["style_loss"].eq("cmd")
    runs.loc[better, "colour_distance_style"] += 0.3
    found = trade_off(runs)
    assert found is not None
    (said,) = found.statements
    assert said.head == "`cmd` and `sliced`: decided for `cmd` by 2 and for `sliced` by 2 of 4 pairs of measures."


def test_few_pictures() -> None:
    (found,) = compared(rows("sliced", line(), PAIRS[:3]), rows("cmd", line(0.1), PAIRS[:3])).statements
    assert found.head == "`cmd` and `sliced`: nothing is decided."
    assert found.lines[0].endswith("in 3 of 3 pairs, by 0.1007 ± 0.0063 on average: undecided, as it takes 5.")


def test_no_content_kept_in_common() -> None:
    (found,) = compared(rows("sliced", line()), rows("cmd", line(shift=-1))).statements
    assert found.lines[0] == "At equal CF: no pair of pictures has content kept in common, so GE is not compared."
    (found,) = compared(rows("sliced", line(), PAIRS[:3]), rows("cmd", line(), PAIRS[3:])).statements
    assert found.lines[0] == "At equal CF: no pair of pictures has both curves, so GE is not compared."


def test_what_was_left_out() -> None:
    runs = (rows("gram", line()), rows("wasserstein", line()), rows("mean_std", line()))
    assert compared(*runs).left_out == (
        "Left out, as a compared loss minimises them or nearly so: GE (`gram`); VGG Fréchet distance to style "
        "(`wasserstein` and `mean_std`)."
    )
    assert compared(rows("sliced", line()), rows("cmd", line())).left_out == ""


def test_what_was_left_out_as_presets_hide_their_losses() -> None:
    runs = frame(rows("gatys", line()), rows("crowson", line()))
    runs = runs.rename(columns={"style_loss": "preset"}).assign(ssim_content=0.5)
    runs.attrs["keys"] = ("content", "style", "preset", "style_weight")
    found = trade_off(runs)
    assert found is not None
    assert found.left_out == (
        "Left out, as the losses of the methods differ and may minimise them: CF, GMS to content, GE, VGG Fréchet "
        "distance to style."
    )


def test_the_rules() -> None:
    def back(pair: int, weight: int) -> tuple[float, float]:
        return (0.8, 0.4, 0.6)[weight], 0.5

    said = compared(rows("sliced", line()), rows("cmd", back), rows("remd", line())).rules
    assert "In 12 of 36 curves content kept does not run one way with it." in said  # 6 of 18 for each measure
    alone = " Each pair of measures is decided by itself: chance decides up to 5 % of them."
    assert said.endswith(f"without 0, together with the other 2 on the same axes (Holm).{alone}")
    said = compared(rows("sliced", line()), rows("cmd", line())).rules
    assert said.endswith(f"a 95 % t interval over them without 0.{alone}") and "one way" not in said


def test_names_of_measures() -> None:
    assert [brief(BY_NAME[name]) for name in ("content_fidelity", "global_effects_colours", "gms_content")] == [
        *("CF", "GE of colours", "GMS to content")
    ]
