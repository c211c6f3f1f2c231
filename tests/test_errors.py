"""Unknown names are answered with the nearest valid one, or with all of them where they are few."""

import pytest

from nst.errors import MANY, JobError, UserError, did_you_mean, is_out_of_memory, reason


def test_the_nearest_choice_is_named() -> None:
    assert did_you_mean("style_wieght", ["content_weight", "style_weight"]) == "; did you mean 'style_weight'?"


@pytest.mark.parametrize(("name", "choice"), [("purpose", "profle"), ("nope.png", "one.png"), ("sweepr", "seed")])
def test_what_is_hardly_alike_is_not_suggested(name: str, choice: str) -> None:
    """8/13, 4/7 without the ending that both have, 6/10."""
    assert did_you_mean(name, [choice]) == f"; choose from {choice}"


def test_an_ending_may_be_what_is_wrong() -> None:
    assert did_you_mean("half.jpg", ["one.jpg", "half.png"]) == "; did you mean 'half.png'?"
    assert did_you_mean("hlaf.png", ["one.png", "half.png"]) == "; did you mean 'half.png'?"


def test_errors_of_the_system_in_words() -> None:
    assert reason(OSError(28, "No space left on device")) == "No space left on device"
    assert reason(OSError(28, "No space left on device", "runs/x.png")) == "No space left on device: runs/x.png"
    assert [reason(error) for error in (OSError("odd"), ValueError("bad"), OSError())] == ["odd", "bad", ""]


@pytest.mark.parametrize(
    "text",
    [
        "[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes",
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    ],
)
def test_an_allocators_own_text_is_not_passed_on(text: str) -> None:
    assert reason(RuntimeError(text)) == "memory ran out" and is_out_of_memory(RuntimeError(text))
    assert not is_out_of_memory(ValueError(text))


def test_other_errors_are_not_of_memory() -> None:
    assert is_out_of_memory(MemoryError()) and not is_out_of_memory(RuntimeError("two\nlines"))


def test_a_few_choices_are_listed_where_none_is_near() -> None:
    assert did_you_mean("xyz", ["max", "avg"]) == "; choose from max, avg"


def test_many_choices_are_not_listed() -> None:
    names = [f"picture{n}" for n in range(MANY + 1)]
    assert did_you_mean("xyz", names) == ""
    assert did_you_mean("xyz", names[:MANY]).startswith("; choose from picture0, ")
    assert did_you_mean("xyz", []) == ""


def test_choices_need_not_be_strings() -> None:
    assert did_you_mean("12", iter([128])) == "; did you mean '128'?"


def test_a_mistake_is_not_a_failed_run() -> None:
    assert not issubclass(UserError, JobError) and not issubclass(JobError, UserError)


def test_what_was_typed_is_never_meant() -> None:
    assert did_you_mean("conv_1", ["conv_1", "conv_11"]) == "; did you mean 'conv_11'?"
    assert did_you_mean("history", ["history"]) == ""
