"""The table of costs against ratios worked out by hand."""

import pandas as pd

from docs.make.studies.costs import STUDY, tables


def run(repeat: int, ms: float, mib: float, loss: str = "gram", style: str = "a", guides: str | None = None) -> dict:
    keys = {"style_loss": loss, "style_layers": "conv_1-5", "style": style, "guides": guides, "repeat": repeat}
    return {**keys, "ms_per_evaluation_p50": ms, "peak_memory_mib": mib}


def test_ratios_are_within_a_round_and_their_median_is_shown() -> None:
    """Gram took 100, 200 and 100 ms; sliced 300, 400 and 200: ratios 3, 2 and 2."""
    runs = [run(0, 100, 50), run(1, 200, 50), run(2, 100, 50)]
    runs += [run(0, 300, 75, "sliced"), run(1, 400, 75, "sliced"), run(2, 200, 75, "sliced")]
    found = tables(pd.DataFrame(runs))
    assert found["costs"].splitlines()[2] == "| `sliced` | conv_1-5 | 3 | 2.00 | 2.00 to 3.00 | 1.50 |"
    assert found["rounds"] == "3" and len(found["costs"].splitlines()) == 3


def test_guides_and_mixed_styles_are_told() -> None:
    runs = [
        run(0, 100, 50),
        run(0, 150, 55, guides="left: a + right: b"),
        run(1, 10, 50),
        run(1, 11, 50, style="a + b"),
    ]
    lines = tables(pd.DataFrame(runs))["costs"].splitlines()[2:]
    assert lines == [
        "| `gram`, two guides | conv_1-5 | 1 | 1.50 |  | 1.10 |",
        "| `gram`, two styles | conv_1-5 | 1 | 1.10 |  | 1.00 |",
    ]


def test_its_page_is_the_one_of_methods() -> None:
    assert STUDY.file == "methods.md" and STUDY.name == "costs"
