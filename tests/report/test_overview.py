"""All sweeps on one page: finished ones, unreadable ones, and names that look like markup."""

from nst.report.build import build
from nst.report.overview import overview

from .conftest import Store


def test_lists_what_can_be_read(store: Store) -> None:
    store.done(store.sweep("plain", {"seed": [0]}, purpose="To <b>see</b>.\n\nMore.")[0])
    build("plain", store.root, formats=("html", "png"))
    store.sweep("later", {"seed": [0, 1]})
    store.write("sweeps/foreign/plan.json", ["no plan"])
    page = overview(store.root).read_text(encoding="utf-8")
    assert 'href="plain/report/index.html"' in page and "To &lt;b&gt;see&lt;/b&gt;." in page and "More" not in page
    assert "0 of 2 runs done, 2 pending; no report yet" in page and "foreign" not in page
    assert (store.root / "sweeps" / "plain" / "report" / "cover.webp").is_file()


def test_names_are_escaped(store: Store) -> None:
    store.sweep('<script>"', {"seed": [0]})
    page = overview(store.root).read_text(encoding="utf-8")
    assert "<script>" not in page and "&lt;script&gt;&#34;" in page
