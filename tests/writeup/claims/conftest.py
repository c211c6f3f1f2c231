"""The frames of the tests of statements in general."""

from tests.statements.conftest import rows

__all__ = ["rows"]
