"""Build these pages as a site that is complete in itself: `make site`, or `python -m mkdocs build`.

The pages link to README, to sources and to folders, as a forge shows them. MkDocs knows only the files in `docs/`; this
hook, named in `mkdocs.yml`, adds a page for everything else that a page links to, and turns the links to it.
"""

import json
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
OVERVIEW = {"README.md": "readme.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Pages beside `docs/`, and their addresses; MkDocs would take a README for the index of its folder."""
LANGUAGES = {".py": "python", ".yaml": "yaml", ".toml": "toml"}
NOT_IN_SEARCH = "---\nsearch:\n  exclude: true\n---\n\n"
_CODE = re.compile(r"(^```.*?^```$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s#]+)(#[^)\s]*)?\)")


def on_config(config: "MkDocsConfig") -> None:
    """Name headings as a forge does, so that one link serves both."""
    config.mdx_configs["toc"] = {**config.mdx_configs.get("toc", {}), "slugify": slug, "permalink": True}


def on_files(files: "Files", config: "MkDocsConfig") -> None:
    """Add a page for everything outside `docs/` that a page links to."""
    from mkdocs.structure.files import File

    pages = [*OVERVIEW, *(f"docs/{file.src_uri}" for file in files.documentation_pages())]
    for path in reachable(pages):
        if address(path) not in files.src_uris:
            files.append(File.generated(config, address(path), content=content(path)))


def on_page_markdown(markdown: str, page: "Page", **_: Any) -> str | None:
    """Turn the links of a page in `docs/`; the other pages are written with their links turned."""
    return None if page.file.generated_by else turned(markdown, f"docs/{page.file.src_uri}")


def slug(heading: str, separator: str = "-") -> str:
    """Return the anchor that a forge gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", separator)


def address(path: str) -> str:
    """Return where the site has a file or folder of the repository, as a path in `docs/`."""
    if path in OVERVIEW:
        return OVERVIEW[path]
    if path.startswith("docs/") and not path.startswith("docs/make/"):
        return path.removeprefix("docs/")
    return f"source/{path}/index.md" if (ROOT / path).is_dir() else f"source/{path.removesuffix('.md')}.md"


def reachable(pages: Iterable[str]) -> list[str]:
    """Return `pages` and everything that they link to, directly or through other pages, as paths in the repository."""
    found = list(pages)
    for path in found:  # grows while it is walked
        found += [target for target in dict.fromkeys(targets(path)) if target not in found]
    return found


def targets(path: str) -> list[str]:
    """Return what the page of a file or folder links to, as paths in the repository that exist."""
    if not (ROOT / path).is_dir() and Path(path).suffix not in (".md", ".ipynb"):
        return []
    text = _CODE.sub("", markdown_of(path))
    found = [resolved(target, path) for target, _ in _LINK.findall(text) if "://" not in target]
    return [target for target in found if (ROOT / target).exists()]


def turned(markdown: str, path: str) -> str:
    """Return a page's Markdown with its links leading to where the site has their targets."""
    here = posixpath.dirname(address(path))

    def turn(link: re.Match[str]) -> str:
        target = resolved(link[1], path)
        if "://" in link[1] or not (ROOT / target).exists():
            return link[0]
        return f"]({posixpath.relpath(address(target), here or '.')}{link[2] or ''})"

    parts = _CODE.split(markdown)  # every second part is code
    return "".join(part if index % 2 else _LINK.sub(turn, part) for index, part in enumerate(parts))


def resolved(target: str, path: str) -> str:
    """Return the path in the repository of a link on the page of `path`."""
    here = path if (ROOT / path).is_dir() else posixpath.dirname(path)
    return posixpath.normpath(posixpath.join(here, target))


def content(path: str) -> str:
    """Return the page of a file or folder outside `docs/`."""
    return NOT_IN_SEARCH * (path not in OVERVIEW) + turned(markdown_of(path), path)


def markdown_of(path: str) -> str:
    """Return Markdown as it is, a notebook's cells, a folder's files, or the text of a source file."""
    file = ROOT / path
    if file.is_dir():
        names = sorted(child.name for child in file.iterdir() if not child.name.startswith((".", "_")))
        return f"# `{path}/`\n\n" + "".join(f"* [{name}]({name})\n" for name in names)
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        return text
    if file.suffix == ".ipynb":
        return "\n\n".join(map(_cell, json.loads(text)["cells"]))
    return f"# `{path}`\n\n````{LANGUAGES.get(file.suffix, 'text')}\n{text}````\n"


def _cell(cell: dict[str, Any]) -> str:
    source = "".join(cell["source"])
    return source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```"
