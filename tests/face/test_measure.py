"""`nst.measure`: any pictures, resized to each other as it says, and a record that shows itself."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nst
from nst.errors import UserError
from nst.metrics.of_run import measure_run
from nst.metrics.table import measure_names
from nst.metrics.take import take
from nst.pictures.find import find
from nst.pictures.load import fit
from nst.pictures.read import read
from nst.pictures.tensors import to_tensor


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return read(find("coffee")).crop((100, 60, 172, 112))


def test_every_form_of_a_picture_has_the_same_measures(photo: Image.Image, tmp_path: Path) -> None:
    photo.save(tmp_path / "photo.png")
    levels = np.asarray(photo)
    found = [nst.measure(one, photo) for one in (str(tmp_path / "photo.png"), tmp_path / "photo.png", levels, photo)]
    found.append(nst.measure(to_tensor(photo), levels / 255))
    assert all(one["gms_content"] == 1 and one["ssim_content"] == 1 for one in found)
    assert all(dict(one).items() >= {"fine_detail_levels": found[0]["fine_detail_levels"]}.items() for one in found)


def test_sizes_are_made_alike_and_that_is_said(photo: Image.Image) -> None:
    content, style = photo.resize((90, 64)), read(find("ihc"))
    found = nst.measure(photo, content, style)
    fitted = fit(style, 52)
    expected = take(photo, content.resize((72, 52), Image.Resampling.LANCZOS), [(fitted, 1.0)])
    assert dict(found) == pytest.approx({k: math.nan if v is None else v for k, v in expected.items()}, nan_ok=True)
    assert found.resized == (
        "content resized from 90 x 64 to 72 x 52",
        f"style resized from 512 x 512 to {fitted.width} x {fitted.height}",
    )


def test_a_content_of_another_shape_is_refused(photo: Image.Image) -> None:
    with pytest.raises(UserError, match="^content: 52 x 72 has another shape than the result, 72 x 52; crop one"):
        nst.measure(photo, photo.transpose(Image.Transpose.ROTATE_90))


def test_a_result_of_transfer_brings_its_pictures_with_it() -> None:
    keys: dict[str, Any] = {"size": 48, "steps": 1, "device": "cpu", "precision": "fp32", "progress": False}
    result = nst.transfer("chelsea", "ihc", **keys)
    expected = measure_run(result.spec, result.image, result.result.inputs.pictures)
    found = nst.measure(result)
    assert {k: v for k, v in found.items() if not math.isnan(v)} == {k: v for k, v in expected.items() if v is not None}
    with pytest.raises(UserError, match="has its content and style with it"):
        nst.measure(result, "chelsea")
    with pytest.raises(UserError, match=r"^measure: nst\.transfer writes nothing to disk; nst\.measure\(result\)"):
        nst.transfer("chelsea", "ihc", measure=True, **keys)


def test_several_styles_have_shares(photo: Image.Image) -> None:
    ours, other = nst.measure(photo, None, photo), nst.measure(photo, None, "ihc")
    both = nst.measure(photo, None, [photo, "ihc"], shares=[3, 1])
    name = "colour_distance_style"
    assert both[name] == pytest.approx(0.75 * ours[name] + 0.25 * other[name])
    assert nst.measure(photo, None, [photo, "ihc"], shares=[1, 0])[name] == ours[name] == 0


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"result": 3}, "^result: a int is not a picture"),
        ({"result": "nowhere"}, "^no picture named 'nowhere'"),
        ({"result": np.zeros((2, 3, 4, 5))}, r"^result: an array of shape \(2, 3, 4, 5\) is not a picture"),
        ({"style": ["ihc", "coffee"], "shares": [1]}, "^shares: 1 share for 2 pictures"),
        ({"style": "ihc", "shares": [-1]}, "must be 0 or more, not all 0"),
        ({"style": "ihc", "shares": [0]}, "must be 0 or more, not all 0"),
    ],
)
def test_mistakes_are_one_line(photo: Image.Image, keys: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        nst.measure(**{"result": photo, **keys})


def test_the_record_shows_itself(photo: Image.Image) -> None:
    found = nst.measure(photo, photo.resize((36, 26)))
    assert list(found) == list(measure_names(False)) and math.isnan(found["global_effects"])
    text = repr(found)
    assert "fine_detail_levels" in text and " levels" in text and "higher is better" in text
    assert "global_effects" not in text and text.endswith("content resized from 36 x 26 to 72 x 52")
    assert found.units["psnr_content_db"] == "dB" and found.better["cfsd_content"] == "lower"
    assert found.better["border_ratio"] is None and len(found.series) == len(found)
    html = found._repr_html_()
    assert html.startswith("<table>") and "psnr_content_db" in html and html.count("<tr>") == text.count("\n") + 1
