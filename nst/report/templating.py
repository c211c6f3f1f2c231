"""Jinja2 as every page of nst is made with it: all text escaped, and a name that a template misspells is an error."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape


def environment(package: str) -> Environment:
    """Load the templates in the folder `templates` of a package."""
    made = Environment(
        loader=PackageLoader(package), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["coded"] = coded
    return made


def coded(text: str) -> Markup:
    """Return text as escaped HTML, with what stands between two backticks as code; the filter `coded`."""
    parts = re.split(r"`([^`]+)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )
