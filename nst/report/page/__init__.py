"""The page of a sweep: `index.html` and all it needs in one folder, from a template, without server or network."""

from nst.report.page.content import paragraphs
from nst.report.page.html import write
from nst.report.page.runs import status

__all__ = ["paragraphs", "status", "write"]
