"""The page is made from rows that are worked out here."""

from nst.bench.fidelity_page import MARKS, Row, page


def rows(engine: str, start: str, final: float) -> list[Row]:
    return [Row(engine, start, mark, 2.0, 0.5) for mark in MARKS] + [Row(engine, start, 0, final - 1, 1.0)]


def test_the_page_compares_means_of_final_totals() -> None:
    measured = rows("plain loop", "content", 10.0) + rows("nst fp32", "content", 11.0)
    measured += rows("plain loop", "0", 30.0) + rows("nst fp32", "0", 30.0)
    text = page(measured)
    assert "| content | 10.000 | 11.000 | 1.100 |" in text
    assert "| noise, seed 0 | 30.000 | 30.000 | 1.000 |" in text
    assert "| **mean** | 20.000 | 20.500 | 1.025 |" in text
    assert "| 300 | 0.500 / 2.000 | 0.500 / 2.000 | 0.264 / 2.358 |" in text
    assert "{{" not in text


def test_a_start_that_one_engine_lacks_is_not_compared() -> None:
    assert "seed 0" not in page(rows("plain loop", "0", 30.0))
