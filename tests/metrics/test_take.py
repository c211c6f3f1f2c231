"""All measures of a picture together: the content itself, the style itself, and pictures that lack one of them."""

import pytest
import torch
from PIL import Image

from nst.memory.estimate import TooLarge
from nst.metrics import take as module
from nst.metrics.recorded import feature_distance, gram_distance
from nst.metrics.table import BY_NAME, MEASURES, measure_names
from nst.metrics.take import take
from nst.pictures.find import find
from nst.pictures.read import read

OF_CONTENT = [one.name for one in MEASURES if one.of == "content"]
OF_STYLE = [one.name for one in MEASURES if one.of == "style" and not one.is_optional]


@pytest.fixture(scope="module")
def content() -> Image.Image:
    return read(find("chelsea")).resize((72, 48))


@pytest.fixture(scope="module")
def style() -> Image.Image:
    return read(find("ihc")).resize((48, 56))


def test_the_content_itself_is_kept_whole(content: Image.Image, style: Image.Image) -> None:
    found = take(content, content, [(style, 1.0)])
    ones, zeros = ("content_fidelity", "gms_content", "ssim_content"), ("cfsd_content", "vgg_perceptual_content")
    assert [found[name] for name in ones] == [pytest.approx(1)] * 3
    assert [found[name] for name in (*zeros, "gms_deviation_content", "vgg_feature_distance_content")] == [0] * 4
    assert (found["psnr_content_db"], found["stroke_scale_px"], found["border_ratio"]) == (None, None, None)


def test_the_style_itself_is_met_whole(content: Image.Image, style: Image.Image) -> None:
    found = take(style, None, [(style, 1.0)], patches=True)
    assert [found[name] for name in ("global_effects", "global_effects_colours")] == [pytest.approx(1)] * 2
    assert found["local_patterns"] == pytest.approx(1, abs=1e-5)
    for name in ("vgg_gram_distance_style", "colour_distance_style", "spectrum_distance_style"):
        assert found[name] == 0
    assert found["vgg_frechet_style"] == pytest.approx(0, abs=1e-2)  # of 1500 to another picture


def test_order_and_names_are_those_of_the_table(content: Image.Image, style: Image.Image) -> None:
    assert list(take(content, content, [(style, 1.0)])) == list(measure_names(False))
    assert set(measure_names(True)) - set(measure_names(False)) == {"local_patterns"}
    assert len(BY_NAME) == len(MEASURES)


def test_what_a_picture_is_not_compared_with_has_no_number(content: Image.Image, style: Image.Image) -> None:
    assert {name for name, value in take(content, None, [(style, 1.0)]).items() if value is None} == set(OF_CONTENT)
    image = content.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert {name for name, value in take(image, content, []).items() if value is None} == set(OF_STYLE)


def test_several_styles_are_averaged_by_share(content: Image.Image, style: Image.Image) -> None:
    other = style.rotate(180).convert("L").convert("RGB")
    each = [take(content, None, [(one, 1.0)]) for one in (style, other)]
    both = take(content, None, [(style, 0.25), (other, 0.75)])
    for name in OF_STYLE:
        one, two = (found[name] for found in each)
        assert one is not None and two is not None and one != two
        assert both[name] == pytest.approx(0.25 * one + 0.75 * two)


def test_the_rulers_are_those_of_the_columns_before(content: Image.Image, style: Image.Image) -> None:
    image = Image.blend(content, style.resize(content.size), 0.5)
    found = take(image, content, [(style, 1.0)])
    assert found["vgg_gram_distance_style"] == pytest.approx(gram_distance(image, [(style, 1.0)]), rel=1e-3)
    assert found["vgg_feature_distance_content"] == pytest.approx(feature_distance(image, content), rel=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (15, 15), (17, 16)])
def test_small_and_constant_pictures_are_finite_or_have_none(size: tuple[int, int]) -> None:
    grey, black = Image.new("RGB", size, (90, 90, 90)), Image.new("RGB", size)
    found = take(grey, black, [(black, 1.0)], patches=True)
    assert all(value is None or abs(value) < 1e9 for value in found.values())


def test_nothing_has_a_gradient(content: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(module, "cfsd", lambda *_: seen.append(torch.is_grad_enabled()))
    take(content, content, [])
    assert seen == [False]


def test_what_does_not_fit_into_memory_is_refused(content: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "free_bytes", lambda device: 2**20)
    with pytest.raises(TooLarge, match=r"^measuring 72 x 48 needs about 0\.0 GiB, 0\.0 GiB are free$"):
        take(content, content, [])
