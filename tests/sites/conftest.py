"""The store and the drawings of the write-up's tests."""

from report.conftest import store
from writeup.conftest import undrawn

__all__ = ["store", "undrawn"]
