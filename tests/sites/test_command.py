"""Exit codes, and whether the page is built, however the sweeps end."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from nst.errors import JobError, UserError
from nst.signals import Terminated
from nst.site import command, run
from nst.site.arguments import Asked, Program

ASKED = Asked(Program("nst.trial", "trial", "trial", (), {}))


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sweeps end with this code, or raise this; so many runs are left."""

    def ends(how: int | BaseException, left: int = 0) -> None:
        def run_all(*_: object) -> int:
            if isinstance(how, BaseException):
                raise how
            return how

        monkeypatch.setattr(run, "prepare", lambda _: ())
        monkeypatch.setattr(run, "run_all", run_all)
        monkeypatch.setattr(run, "left", lambda _: left)

    return ends


def built(asked: Asked = ASKED) -> tuple[int, int]:
    """The exit code, and how often the page was built."""
    pages: list[str] = []
    return command.make(asked, lambda _: pages.append("") or "page"), len(pages)


@pytest.mark.parametrize(("code", "left", "found"), [(0, 0, (0, 1)), (1, 0, (1, 1)), (0, 3, (1, 1)), (2, 0, (2, 0))])
def test_the_page_is_built_unless_a_sweep_refused(
    ends: Callable[..., None], code: int, left: int, found: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    ends(code, left)
    assert built() == found
    assert capsys.readouterr().err == "trial: page\n" * found[1]


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 130), (Terminated(), 143)])
def test_what_is_finished_is_on_the_page_of_one_that_was_stopped(
    ends: Callable[..., None], stop: BaseException, code: int
) -> None:
    ends(stop)
    assert built() == (code, 1)


def test_only_the_page_or_only_the_forecast(ends: Callable[..., None]) -> None:
    ends(AssertionError("nothing may run"))
    assert built(replace(ASKED, site_only=True)) == (0, 1)
    assert built(replace(ASKED, plan=True)) == (0, 0)


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_does_nothing_else(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.begin(["size=64", flag], "about", lambda _: pytest.fail("help only")) == 0
    assert capsys.readouterr().out == "about\n"


def test_arguments_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nst.signals.STOP.install", lambda: None)
    assert command.begin(["a", "b"], "about", len) == 2


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UserError("wrong"), 2, "error: wrong\n"),
        (JobError("failed"), 1, "error: failed\n"),
        (OSError("full"), 1, "error: full\n"),
        (KeyboardInterrupt(), 130, "\nstopped; the same command resumes from here\n"),
        (Terminated(), 143, "\nstopped; the same command resumes from here\n"),
    ],
)
def test_errors_are_one_line(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def do() -> int:
        raise error

    monkeypatch.setattr("nst.signals.STOP.install", lambda: None)
    assert command.answer(do) == code and capsys.readouterr().err == said
