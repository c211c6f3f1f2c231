"""Options of the benchmarks: errors are one line with the nearest valid choice."""

import argparse

import pytest

from nst.bench import options
from nst.errors import UserError


def test_names_and_sizes_are_lists_without_repeats() -> None:
    assert options.names("nst, plain,nst", ["plain", "nst"], "--engines") == ["nst", "plain"]
    assert options.sizes("256, 512,256") == [256, 512]


@pytest.mark.parametrize(
    ("text", "message"), [("nts", "nts: unknown; did you mean 'nst'"), ("", "name at least one of plain, nst")]
)
def test_unknown_names_are_refused(text: str, message: str) -> None:
    with pytest.raises(UserError, match=f"--engines.*{message}"):
        options.names(text, ["plain", "nst"], "--engines")


@pytest.mark.parametrize("text", ["31", "8193", "5.5", "-64", "big", ""])
def test_sizes_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="--sizes"):
        options.sizes(text)


def parsed(*arguments: str) -> argparse.Namespace:
    parser = options.new_parser("bench", None, "256", "--size")
    parser.add_argument("--evaluations", type=int)
    return options.parse(parser, arguments, counts=("evaluations",))


def test_counts_begin_at_one() -> None:
    assert parsed("--evaluations", "1").evaluations == 1 and parsed().evaluations is None
    for option in ("--rounds", "--evaluations"):
        with pytest.raises(UserError, match=f"^{option} 0: must be 1 or more$"):
            parsed(option, "0")


def test_threads_are_a_number_or_a_word() -> None:
    assert (parsed("--threads", "3").threads, parsed().threads) == (3, "auto")


def test_sizes_have_a_default_and_two_names() -> None:
    assert parsed().sizes == [256] and parsed("--size", "64").sizes == parsed("--sizes", "64").sizes == [64]
