"""Real measures of real pictures: noise that is added to a result is never called better, by any measure."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from nst.face.measure import measure
from nst.pictures.find import find
from nst.pictures.read import read
from nst.report.stats.tradeoff.choice import CONTENT, STYLE
from nst.report.stats.tradeoff.sheet import trade_off

from .frames import frame

PAIRS = (
    *(("chelsea", "woodcut"), ("coffee", "pointillism"), ("astronaut", "nocturne")),
    *(("rocket", "facets"), ("motorcycle", "mosaic")),
)
SIDE, LEVELS = 48, 20.0


def picture(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(read(find(name, ())).convert("RGB").resize((SIDE, SIDE)), dtype=np.float64)


def image(levels: np.ndarray[Any, np.dtype[np.float64]]) -> Image.Image:
    return Image.fromarray(np.clip(levels, 0, 255).round().astype(np.uint8))


@pytest.mark.slow
def test_noise_is_never_better() -> None:
    """Two cross-fades of content and style, the second with noise of 20 levels; as methods, ways of padding."""
    random, runs = np.random.default_rng(0), []
    for names in PAIRS:
        content, style = map(picture, names)
        noise = random.normal(0, LEVELS, content.shape)
        for share in (0.25, 0.5, 0.75):
            for padding, added in (("zeros", 0.0), ("replicate", noise)):
                found = measure(image((1 - share) * content + share * style + added), image(content), image(style))
                keys = dict(zip(("content", "style"), names, strict=True)) | {"padding": padding, "style_weight": share}
                runs.append(keys | {name: found[name] for name in (*CONTENT, *STYLE)} | {"state": "done"})
    table = frame(runs)
    table.attrs["keys"] = ("content", "style", "padding", "style_weight")
    judged = trade_off(table, {"style_loss": "gram", "content_loss": "mse"})
    assert judged is not None and len(judged.comparisons) == 6
    assert "replicate" not in {one.winner for one in judged.comparisons if one.verdict != "undecided"}
    assert any(one.verdict != "undecided" and one.winner == "zeros" for one in judged.comparisons)
