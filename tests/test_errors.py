"""Unknown names are answered with the nearest valid one, or with all of them where they are few."""

from nst.errors import MANY, JobError, UserError, did_you_mean


def test_the_nearest_choice_is_named() -> None:
    assert did_you_mean("style_wieght", ["content_weight", "style_weight"]) == "; did you mean 'style_weight'?"


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
