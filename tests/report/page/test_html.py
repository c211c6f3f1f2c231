"""Text in a page is escaped, and a misspelt name is no empty string."""

import pytest
from jinja2 import UndefinedError

from nst.report.page.html import coded, environment


def test_text_is_escaped() -> None:
    page = environment("nst.report").from_string('<b title="{{ text }}">{{ text }}</b>')
    assert page.render(text="<i>'\"&") == '<b title="&lt;i&gt;&#39;&#34;&amp;">&lt;i&gt;&#39;&#34;&amp;</b>'


def test_code_between_backticks_is_escaped_too() -> None:
    assert coded("see (`nst <b>`) & `x`") == "see (<code>nst &lt;b&gt;</code>) &amp; <code>x</code>"
    assert coded("a ` b <i>") == "a ` b &lt;i&gt;"


def test_a_misspelt_name_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="txet"):
        environment("nst.report").from_string("{{ txet }}").render(text="")
