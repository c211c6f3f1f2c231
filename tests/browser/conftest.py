"""One headless Chromium for all these tests, and the reports that they open from the disk."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from report.conftest import Store

from nst.report.build import build

EVIL = "<script>window.evil=1</script><img src=x onerror=evil=1>\"'&\u2028</script>"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
Open = Callable[..., Any]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """The browser. It is closed after this folder's tests: while it is open, its event loop is everybody's."""
    if CHROMIUM is None:
        pytest.skip("needs chromium (apt-get install chromium)")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium has none for root
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu", *sandbox])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def tabs(chromium: Any) -> Iterator[dict[str, list[Any]]]:
    """Tabs that are free, by their options: a new one costs more than all that a test does with it."""
    free: dict[str, list[Any]] = {}
    yield free
    for tab in itertools.chain(*free.values()):
        tab.context.close()


@pytest.fixture
def open_page(chromium: Any, tabs: dict[str, list[Any]]) -> Iterator[Open]:
    """Opens a report; afterwards nothing may have been complained of, and nothing asked for but files.

    `frozen`: time stands still until the test moves `page.clock`.
    """
    used: list[tuple[str, Any]] = []
    complaints: list[str] = []
    listeners = {
        "console": lambda message: complaints.append(message.text) if message.type == "error" else None,
        "pageerror": lambda error: complaints.append(str(error)),
        "dialog": lambda dialog: complaints.append(dialog.message),
        "request": lambda request: None if request.url.startswith("file://") else complaints.append(request.url),
    }

    def open_page(folder: Path, width: int = 1440, height: int = 900, *, frozen: bool = False, **options: Any) -> Any:
        free = tabs.setdefault(repr((frozen, options)), [])
        page = free.pop() if free else chromium.new_context(**options).new_page()
        used.append((repr((frozen, options)), page))
        page.set_default_timeout(5000)
        page.set_viewport_size({"width": width, "height": height})
        for event, listener in listeners.items():
            page.on(event, listener)
        if frozen:
            page.clock.install()
        page.goto((folder / "index.html").as_uri())
        return page

    yield open_page
    for options, page in used:
        page.emulate_media(media="null")
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        tabs[options].append(page)
    assert not complaints


def grid(root: Path) -> Path:
    """Two styles x three contents with their inputs: one failed, one pending, one without its picture; evil names."""
    store = Store(root)
    axes = {"style": [EVIL, "picasso"], "content": ["wally", "dancing", EVIL]}
    said = {"purpose": f"Why?\n\n{EVIL}", "command": "python -m nst.run sweep=s style=a,b", "constants": {"init": EVIL}}
    jobs = store.sweep("s", axes, report={"crop": [0, 0, 16, 16]}, **said)
    for number, job in enumerate(jobs[:4]):
        inputs = {"content": store.input(f"c{number % 3}", (64, 48), number), "style": store.input(f"s{number // 3}")}
        store.done(job, size=(64, 48), inputs=inputs, total_loss=[10.0, 9.0, 100.0, 2.0][number])
    store.failed(jobs[4], EVIL)
    (root / "jobs" / jobs[2]["signature"] / "image.png").write_bytes(b"no picture any more")
    return build("s", root, formats=("html", "csv"))


def line(root: Path, done: int = 4) -> Path:
    """Four seeds side by side, `done` of them finished, each with its crop below."""
    store = Store(root)
    jobs = store.sweep("s", {"seed": [0, 1, 2, 10]}, report={"crop": [0, 0, 16, 16]})
    for job in jobs[:done]:
        if not (root / "jobs" / job["signature"]).exists():
            store.done(job, total_loss=5.0 - job["values"]["seed"])
    return build("s", root, formats=("html", "csv"))


@pytest.fixture(scope="package")
def grid_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grid(tmp_path_factory.mktemp("grid") / "runs")


@pytest.fixture(scope="package")
def line_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return line(tmp_path_factory.mktemp("line") / "runs")
