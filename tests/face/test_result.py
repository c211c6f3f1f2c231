"""A result, as a notebook shows it."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from nst.face.result import Transfer
from nst.pictures.tensors import to_image
from nst.result import Result
from nst.spec.records import Spec
from nst.spec.signature import signature


@pytest.fixture
def made(small: Spec, result: Result) -> Transfer:
    return Transfer(small, replace(result, remark="a <b> & c"))


def test_it_has_what_the_engine_found(made: Transfer, small: Spec, result: Result) -> None:
    assert made.image is result.image and made.metrics is result.metrics and made.timings is result.timings
    assert to_image(made.picture).tobytes() == made.image.tobytes()
    assert made.signature == signature(small)


def test_the_trace_has_the_columns_of_its_file(made: Transfer, result: Result) -> None:
    trace = made.trace
    assert (trace.index.name, list(trace.index)) == ("evaluation", [1, 2])
    assert list(trace) == ["seconds", "content_loss", "style_loss", "total_loss"]
    assert list(trace["total_loss"]) == [row.total_loss for row in result.trace]
    assert list(trace["style_loss"]) == [row.losses["style"] for row in result.trace]


def test_it_shows_itself(made: Transfer) -> None:
    with Image.open(io.BytesIO(made._repr_png_())) as shown:
        assert np.array_equal(np.asarray(shown), np.asarray(made.image))
    html = made._repr_html_()
    assert html.startswith('<img alt="the result" src="data:image/png;base64,iVBOR')
    assert "<tr><th>remark</th><td>a &lt;b&gt; &amp; c</td></tr>" in html
    assert f"<tr><th>size</th><td>{made.image.width} x {made.image.height}</td></tr>" in html
    assert f"signature {made.signature}, remark a <b> & c>" in repr(made)


def test_a_distance_without_meaning_is_left_out(made: Transfer) -> None:
    assert "PSNR to the content" in made.shown()
    metrics = replace(made.metrics, psnr_content_db=None, ssim_content=None)
    shown = Transfer(made.spec, replace(made.result, metrics=metrics, remark=None)).shown()
    assert list(shown) == ["size", "evaluations", "losses", "device", "signature"]


def test_the_trace_of_several_scales_has_their_sizes(result: Result, made: Transfer) -> None:
    rows = tuple(row._replace(size=size) for row, size in zip(result.trace, (16, 32), strict=True))
    scaled = Transfer(made.spec, replace(result, trace=rows))
    assert list(scaled.trace) == ["seconds", "size", "content_loss", "style_loss", "total_loss"]
    assert list(scaled.trace["size"]) == [16, 32]
