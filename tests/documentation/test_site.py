"""The documentation as a site: where it puts the files that pages link to, and that MkDocs builds it."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from docs.make.site import address, content, reachable, slug, turned
from documentation.shown import PAGES, ROOT, anchors


def test_pages_keep_their_names_and_sources_get_a_page() -> None:
    assert address("docs/engine.md") == "engine.md"
    assert address("README.md") == "readme.md" and address("CONTRIBUTING.md") == "contributing.md"
    assert address("nst/losses/gram.py") == "source/nst/losses/gram.py.md"
    assert address("nst/losses") == "source/nst/losses/index.md"
    assert address("benchmarks/nvidia-h200.md") == "source/benchmarks/nvidia-h200.md"
    assert address("docs/make/site.py") == "source/docs/make/site.py.md"


def test_links_lead_to_the_pages_of_the_site() -> None:
    page = "[a](../README.md#speed), [b](timing.md), [c](../nst/losses/gram.py), [d](https://x.org), [e](#here)"
    assert turned(page, "docs/engine.md") == (
        "[a](readme.md#speed), [b](timing.md), [c](source/nst/losses/gram.py.md), [d](https://x.org), [e](#here)"
    )
    assert (
        turned("![p](docs/methods/mix.jpg) [t](docs/timing.md)", "README.md") == "![p](methods/mix.jpg) [t](timing.md)"
    )


def test_code_is_left_alone() -> None:
    page = "`[a](README.md)`\n```text\n[a](README.md)\n```\n"
    assert turned(page, "CONTRIBUTING.md") == page


def test_a_source_is_shown_as_code_and_a_folder_as_its_files() -> None:
    assert content("nst/losses/gram.py").endswith((ROOT / "nst/losses/gram.py").read_text() + "````\n")
    assert "* [gram.py](gram.py.md)\n" in content("nst/losses") and "__pycache__" not in content("nst/losses")


def test_a_notebook_is_shown_as_text_and_code() -> None:
    text = content("notebooks/first_transfer.ipynb")
    assert "```python\n" in text and '"cell_type"' not in text


def test_what_is_linked_to_is_found_through_folders() -> None:
    found = reachable(["docs/engine.md"])
    assert {"nst/losses", "nst/losses/gram.py", "docs/precision.md", "benchmarks/precision.csv"} <= set(found)
    assert len(found) == len(set(found)) and all((ROOT / path).exists() for path in found)


def test_headings_have_the_anchors_of_a_forge() -> None:
    assert slug("`python -m nst.bench`") == "python--m-nstbench"
    assert slug("Pooling: max, avg, l2") == "pooling-max-avg-l2" in anchors("## Pooling: max, avg, l2\n")


def test_every_page_has_a_place_in_the_order() -> None:
    order = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    assert sorted(places(order)) == sorted(address(page.relative_to(ROOT).as_posix()) for page in PAGES)


@pytest.mark.slow
def test_it_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="pip install -e '.[docs]'")
    pytest.importorskip("material", reason="pip install -e '.[docs]'")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "source/nst/losses/gram.py.html").is_file() and not (tmp_path / "make").exists()
    assert "https://fonts" not in (tmp_path / "index.html").read_text()


def places(order: list[dict[str, str | list[dict[str, str]]]]) -> list[str]:
    """The pages of an order, those of its parts among them."""
    found = []
    for part in order:
        for place in part.values():
            found += [place] if isinstance(place, str) else [page for pair in place for page in pair.values()]
    return found
