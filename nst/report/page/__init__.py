"""The page of a sweep: `index.html` and all it needs in one folder, from a template, without server or network."""

from nst.report.page.content import paragraphs
from nst.report.page.html import write
from nst.report.page.runs import Run, heads, runs, status

__all__ = ["Run", "heads", "paragraphs", "runs", "status", "write"]
