"""Test the write-up's statements on the runs of a sweep: `python -m nst.writeup.claims`, or `judge` in a notebook."""

from nst.writeup.claims.finding import Finding
from nst.writeup.claims.judge import judge
from nst.writeup.claims.text import markdown

__all__ = ["Finding", "judge", "markdown"]
