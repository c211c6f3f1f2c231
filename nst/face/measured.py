"""The record that `nst.measure` returns, which shows itself."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from nst.metrics.table import BY_NAME, Measure

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Measures(Mapping[str, float]):
    """The measures of a picture by name, NaN for those without a meaning: `m["cfsd_content"]`, `m.units`, `m.better`.

    `resized`: what was fitted to the result before, in words.
    """

    values_by_name: Mapping[str, float]
    resized: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> float:
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)

    @property
    def units(self) -> dict[str, str]:
        """Return the unit of each measure, empty for a plain number."""
        return {name: BY_NAME[name].unit for name in self}

    @property
    def better(self) -> dict[str, str | None]:
        """Return which way is better for each measure, `higher` or `lower`; None for one that only describes."""
        return {name: BY_NAME[name].better for name in self}

    @cached_property
    def series(self) -> "pd.Series[float]":
        """Return a pandas series: `pd.DataFrame({"a": one.series, "b": other.series})` compares two."""
        import pandas as pd

        return pd.Series(dict(self), dtype="float64")

    def _rows(self) -> list[tuple[str, str, str]]:
        known = [(BY_NAME[name], value) for name, value in self.items() if not math.isnan(value)]
        return [(one.name, f"{value:.4g}{f' {one.unit}' * bool(one.unit)}", _told(one)) for one, value in known]

    def __repr__(self) -> str:
        lines = [f"{name:{30}} {value:>14}  {told}".rstrip() for name, value, told in self._rows()]
        return "\n".join([*lines, *self.resized])

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self._rows())
        notes = "".join(f"<p>{escape(line)}</p>" for line in self.resized)
        return f"<table><tr><th>measure</th><th>value</th><th>better</th></tr>{rows}</table>{notes}"


def _told(one: Measure) -> str:
    return f"{one.better} is better" if one.better else ""
