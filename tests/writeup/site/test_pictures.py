"""The pictures that stand for the write-up's."""

from report.conftest import Store

from nst.site import chapter
from nst.site.arguments import Asked
from nst.writeup.site import pictures
from nst.writeup.site.contents import WRITEUP
from writeup.conftest import fill


def read(store: Store, *sweeps: str) -> pictures.Pictures:
    asked = Asked(WRITEUP, runs_dir=store.root)
    return pictures.read({name: chapter.write(name, asked, drawn=False) for name in sweeps})


def test_by_name_and_replaced(store: Store) -> None:
    fill(store, ["content_layers", "weight_ratios", "blending"])
    found = read(store, "content_layers", "weight_ratios", "blending")
    assert found.same_names == ("Wally", "Picasso")
    assert found.replaced == (("Dancing", "wally"), ("Impression Sunrise", "picasso"), ("the blend", "wally"))


def test_none_is_known(store: Store) -> None:
    assert read(store, "sizes").pairs == ()
