"""Time by operator: shares of a whole, the dearest first."""

import pytest

from nst.bench.operators import Operator, profile, table


def test_operators_of_a_run_are_sorted_and_make_a_whole() -> None:
    found = profile(32, "fp32", 1, "cpu", 2)
    assert sum(operator.share for operator in found) == pytest.approx(1)
    assert [o.milliseconds for o in found] == sorted((o.milliseconds for o in found), reverse=True)
    assert any("conv" in operator.name for operator in found)


def test_the_table_has_a_line_each() -> None:
    lines = table([Operator("aten::mm", 3, 12.5, 0.75), Operator("aten::add", 1, 2.5, 0.25)], rows=1).splitlines()
    assert len(lines) == 2
    assert lines[1].split() == ["75.0%", "12.50", "3", "aten::mm"]
