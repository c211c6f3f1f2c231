"""Keywords as the words of a command line."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nst.errors import UserError
from nst.face.arguments import arguments


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("size", 256, "size=256"),
        ("size", np.int64(256), "size=256"),
        ("style_weight", 1e5, "style_weight=100000.0"),
        ("style_weight", np.float32(0.5), "style_weight=0.5"),
        ("deterministic", True, "deterministic=true"),
        ("report", {"crop": None}, "report.crop=null"),
        ("init", "noise", "init=noise"),
        ("content", "a b.jpg", "content='a b.jpg'"),
        ("content", "Mary's.jpg", r"content='Mary\'s.jpg'"),
        ("content", Path("a/b.jpg"), "content='a/b.jpg'"),
        ("content", "${pair.content}", "content=${pair.content}"),
        ("content_layers", ["conv_1", "conv_3"], "content_layers=[conv_1,conv_3]"),
        ("style_layer_weights", np.array([[0]]).tolist()[0] + [0.5], "style_layer_weights=[0,0.5]"),
        ("pair", {"content": "a b", "style": "c"}, "pair={content: 'a b', style: c}"),
        ("losses", {"deep": {"settings": {"power": 2}}}, "losses.deep.settings.power=2"),
        ("pictures", {"wally": "me.jpg"}, "++pictures.wally=me.jpg"),
        ("pictures", "writeup", "pictures=writeup"),
    ],
)
def test_one_value(key: str, value: Any, word: str) -> None:
    assert arguments({key: value}) == [word]


def test_a_mapping_with_a_name_chooses_first() -> None:
    assert arguments({"optimizer": {"lr": 0.1, "name": "adam"}}) == ["optimizer=adam", "optimizer.lr=0.1"]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"seed": range(3)}, ["seed=0,1,2"]),
        ({"style": ["a b.jpg", "c"]}, ["style='a b.jpg',c"]),
        ({"style_layers": [["conv_1", "conv_2"], "conv_3"]}, ["style_layers=[conv_1,conv_2],conv_3"]),
        ({"style_layers": ("conv_1", "conv_2")}, ["style_layers=[conv_1,conv_2]"]),
        ({"optimizer": {"name": "adam", "lr": [0.1, 0.2]}}, ["optimizer=adam", "optimizer.lr=0.1,0.2"]),
        ({"report": {"rows": ["style", "size"]}}, ["report.rows=[style,size]"]),
        ({"picture_dirs": ["a", "b"]}, ["picture_dirs=[a,b]"]),
    ],
)
def test_lists_vary_in_a_sweep(keys: dict[str, Any], words: list[str]) -> None:
    assert arguments(keys, varies=True) == words


def test_pictures_in_memory_are_paths() -> None:
    (word,) = arguments({"style": [np.zeros((2, 2, 3)), "ihc"]})
    key, _, value = word.partition("=")
    path, name = value[1:-1].split(",")
    assert (key, name) == ("style", "ihc") and path.endswith(".ppm'") and Path(path.strip("'")).is_file()


def test_what_is_no_value() -> None:
    with pytest.raises(UserError, match=r"^seed=\[\]: has no value to run with$"):
        arguments({"seed": []}, varies=True)
    with pytest.raises(UserError, match="^size: cannot be a complex; give a number"):
        arguments({"size": 1j})
