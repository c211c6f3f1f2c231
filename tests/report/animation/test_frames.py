"""Which pictures of a run make its sequence."""

from nst.report.animation.frames import sequences, thinned
from report.conftest import Store

from .test_animate import context, moving, plain


def test_thinned_keeps_both_ends() -> None:
    assert thinned(range(3), 5) == [0, 1, 2]
    assert thinned(range(9), 5) == [0, 2, 4, 6, 8]


def test_a_course_goes_from_the_start_to_the_result(store: Store) -> None:
    moving(store, (2,))
    (sequence,) = sequences(context(store).plan, context(store).frame)
    assert sequence.evaluations == (0, 10, 20, 25)
    assert [path.name for path in sequence.frames] == ["start.png", "000010.png", "000020.png", "image.png"]
    assert [sequence.at(moment).name for moment in (0, 9, 10, 24, 99)] == [
        *("start.png", "start.png", "000010.png", "000020.png", "image.png")
    ]


def test_what_is_no_frame_is_passed_over(store: Store) -> None:
    (folder,) = moving(store, (2,))
    (folder / "frames" / "000015.png").write_bytes(b"no picture")
    (folder / "frames" / "note.png").write_bytes(b"")
    plain(folder / "start.png", 0, (8, 8))
    (sequence,) = sequences(context(store).plan, context(store).frame)
    assert [path.name for path in sequence.frames] == ["000010.png", "000020.png", "image.png"]
    for path in sequence.frames[1:]:
        path.unlink()
    assert sequences(context(store).plan, context(store).frame) == []
