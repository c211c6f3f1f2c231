"""The write-up's statements, each tested on the runs of a sweep: `python -m nst.claims`, or `judge` in a notebook."""

from nst.claims.finding import Finding
from nst.claims.judge import judge
from nst.claims.text import markdown

__all__ = ["Finding", "judge", "markdown"]
