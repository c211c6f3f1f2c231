"""A loss's function and its closed forms belong to one class."""

from nst.losses.base.closed_forms import closed_form_clash
from nst.losses.gram import Loss as Gram
from nst.losses.mse import Loss as Mse
from nst.losses.tv import Loss as Tv


def with_own(kind: type, *names: str) -> type:
    return type("Own", (kind,), dict.fromkeys(names, lambda self: None))


def test_each_built_in_loss_has_both() -> None:
    assert [closed_form_clash(kind) for kind in (Gram, Mse, Tv)] == [None, None, None]


def test_a_function_alone_is_told_with_what_it_would_not_change() -> None:
    assert (closed_form_clash(with_own(Gram, "distance")) or "").startswith(
        "has its own distance, but update of nst.losses.gram.Loss; derive it from a kind"
    )
    assert "has its own pointwise" in (closed_form_clash(with_own(Mse, "pointwise")) or "")


def test_closed_forms_of_its_own_may_follow() -> None:
    assert closed_form_clash(with_own(Gram, "distance", "finish")) is None
    assert closed_form_clash(with_own(Gram, "mixes")) is None
