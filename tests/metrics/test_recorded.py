"""Measurements at the end of a run, against numbers by hand and the reference; and remarks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from specs import oracle
from torch import Tensor

from nst.engine import transfer
from nst.metrics.recorded import against_divergence, gram_distance, measure, psnr_db, remark, ssim
from nst.networks.base.network import Network
from nst.objective.reference import LossValues
from nst.pictures.tensors import to_image, to_tensor
from nst.spec.records import Adam, Lbfgs, Mask, PictureFile, Spec, Target, Term

MakeSpec = Callable[..., Spec]


def flat(level: int, size: tuple[int, int] = (48, 32)) -> Image.Image:
    return Image.new("RGB", size, (level,) * 3)


def random_tensor(seed: int, height: int = 32, width: int = 48) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def random_image(seed: int, height: int = 32, width: int = 48) -> Image.Image:
    return to_image(random_tensor(seed, height, width))


def gram(feature: Tensor) -> Tensor:
    """Products of channels, summed over positions, over C h w."""
    rows = feature.flatten(2)[0]
    return rows @ rows.t() / feature.numel()


def same_losses(found: LossValues, expected: LossValues) -> bool:
    close = pytest.approx(expected.total, rel=3e-7)
    return bool(found.terms == pytest.approx(dict(expected.terms), rel=3e-7) and found.total == close)


def test_psnr_of_ten_levels() -> None:
    """10 log10(255^2 / 10^2) = 20 log10(25.5) = 28.1308 dB."""
    assert psnr_db(flat(110), flat(100)) == pytest.approx(28.1308, abs=5e-5)


def test_psnr_averages_over_pixels_and_channels() -> None:
    """One channel of one pixel in six is off by 6: a mean of 36 / 18 = 2, and 10 log10(65025 / 2) = 45.1205 dB."""
    pixels = np.full((2, 3, 3), 100, dtype=np.uint8)
    other = pixels.copy()
    other[1, 2, 0] = 94
    assert psnr_db(Image.fromarray(other), Image.fromarray(pixels)) == pytest.approx(45.1205, abs=5e-5)


def test_distances_that_have_no_meaning_are_none() -> None:
    assert psnr_db(flat(1), flat(1)) is None
    assert psnr_db(flat(1), flat(2, (32, 48))) is None and ssim(flat(1), flat(2, (32, 48))) is None
    assert psnr_db(flat(1), None) is None and ssim(flat(1), None) is None
    assert ssim(flat(1, (40, 6)), flat(2, (40, 6))) is None


def test_ssim_is_1_for_equal_pictures_and_falls() -> None:
    picture = random_image(0)
    near = to_image(to_tensor(picture) * 0.9 + 0.05)
    assert ssim(picture, picture) == 1
    similarity = ssim(near, picture)
    assert similarity is not None and 0.5 < similarity < 1
    unrelated = ssim(random_image(1), picture)
    assert unrelated is not None and unrelated < 0.2


def test_ssim_of_two_flat_pictures_is_that_of_their_means() -> None:
    """(2 m n + c) / (m^2 + n^2 + c) with c = (0.01 x 255)^2 = 6.5025; variances are 0."""
    expected = (2 * 100 * 110 + 6.5025) / (100**2 + 110**2 + 6.5025)
    assert ssim(flat(110), flat(100)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_losses_are_the_oracles_in_float32(make_spec: MakeSpec, bundled: Network, pooling: str) -> None:
    """Also of a picture that ran in another precision, with the run's own pooling; sums may be rounded otherwise."""
    content, style, picture = random_image(0), random_image(1, 40, 36), random_tensor(2)
    pictures = {"content": content, "style": style}
    reference = oracle(make_spec(pooling=pooling), bundled, pictures)
    expected = reference.losses(picture).values(reference.names)
    for precision, run in (("fp32", picture), ("fp64", picture.double()), ("bf16", picture)):
        spec = make_spec(pooling=pooling, precision=precision)
        found = measure(spec, run, to_image(picture), pictures)
        png = reference.losses(to_tensor(to_image(picture))).values(reference.names)
        assert same_losses(found.losses, expected) and same_losses(found.losses_png, png)
        assert png != expected


def test_distances_are_on_fixed_layers_whatever_the_run_used(make_spec: MakeSpec, bundled: Network) -> None:
    content, style, image = random_image(0), random_image(1, 40, 36), random_image(2)
    layers = [f"conv_{n}" for n in range(1, 6)]
    ours, theirs = (bundled.features(to_tensor(i), [*layers, "conv_10"]) for i in (image, style))
    gram_distance = sum((gram(ours[layer]) - gram(theirs[layer])).square().mean().item() for layer in layers)
    feature = bundled.features(to_tensor(content), ["conv_10"])["conv_10"]
    feature_distance = (ours["conv_10"] - feature).square().mean().item()
    for changes in ({}, {"pooling": "avg", "content_layers": ("relu_1",), "style_layers": ("conv_2",)}):
        found = measure(make_spec(**changes), to_tensor(image), image, {"content": content, "style": style})
        assert found.gram_distance_style == pytest.approx(gram_distance, rel=1e-5)
        assert found.feature_distance_content == pytest.approx(feature_distance, rel=1e-5)


def test_a_picture_is_at_no_distance_from_itself(make_spec: MakeSpec) -> None:
    same = random_image(0)
    found = measure(make_spec(), to_tensor(same), same, {"content": same, "style": same})
    assert found.losses == found.losses_png == LossValues({"content": 0, "style": 0}, 0)
    assert found.gram_distance_style == found.feature_distance_content == 0
    assert found.psnr_content_db is None and found.ssim_content == 1


def test_without_content_or_style(
    make_spec: MakeSpec, content_only: dict[str, Any], style_only: dict[str, Any]
) -> None:
    image, other = random_image(0), random_image(1)
    texture = measure(make_spec(**style_only), to_tensor(image), image, {"style": other})
    assert texture.psnr_content_db is texture.ssim_content is texture.feature_distance_content is None
    assert texture.gram_distance_style is not None and texture.gram_distance_style > 0
    reconstruction = measure(make_spec(**content_only), to_tensor(image), image, {"content": other})
    assert reconstruction.gram_distance_style is None
    assert reconstruction.feature_distance_content is not None and reconstruction.feature_distance_content > 0


def test_the_style_of_further_losses(make_spec: MakeSpec, content_only: dict[str, Any]) -> None:
    """Two losses of statistics take one picture, which is the style; of a picture each neither is."""
    image, content, first, second = (random_image(seed) for seed in range(4))
    one, other = (Target(PictureFile(f"/{name}.png", name)) for name in "ab")
    deep, deeper = (Term(name, "gram", 1.0, ("conv_1",), (1.0,), (one,)) for name in ("deep", "deeper"))
    spec = make_spec(**content_only)
    further = replace(spec, terms=(*spec.terms, replace(deep, name="near", loss="mse", targets=(other,)), deep, deeper))
    pictures = {"content": content, "near": second, "deep": first, "deeper": first}
    found = measure(further, to_tensor(image), image, pictures)
    assert found.gram_distance_style == gram_distance(image, [(first, 1)]) != gram_distance(image, [(second, 1)])
    apart = replace(spec, terms=(*spec.terms, deep, replace(deeper, targets=(other,))))
    found = measure(apart, to_tensor(image), image, {"content": content, "deep": first, "deeper": second})
    assert found.gram_distance_style is None


def test_a_style_that_only_a_region_follows_has_no_distance(make_spec: MakeSpec) -> None:
    spec = make_spec()
    image, content, style = (random_image(seed) for seed in range(3))
    mask = Image.new("L", image.size, 255)
    left = replace(spec, terms=(spec.terms[0], replace(spec.terms[1], mask=Mask(("left",)))))
    found = measure(left, to_tensor(image), image, {"content": content, "style": style, "style.mask": mask})
    assert found.gram_distance_style is None


def test_the_distance_to_several_styles_is_that_to_their_blend(make_spec: MakeSpec, bundled: Network) -> None:
    """To the mean of the Gram matrices by shares, not to the first, nor the mean of distances."""
    image, content, first, second = (random_image(seed) for seed in range(4))
    spec = make_spec()
    targets = tuple(Target(PictureFile(f"/{name}.png", name), share) for name, share in (("a", 0.7), ("b", 0.3)))
    mixed = replace(spec, terms=(spec.terms[0], replace(spec.terms[1], targets=targets)))
    found = measure(mixed, to_tensor(image), image, {"content": content, "style": first, "style[2]": second})
    layers = [f"conv_{n}" for n in range(1, 6)]
    ours, one, other = (
        {k: gram(f) for k, f in bundled.features(to_tensor(i), layers).items()} for i in (image, first, second)
    )
    expected = sum((ours[k] - 0.7 * one[k] - 0.3 * other[k]).square().mean().item() for k in layers)
    assert found.gram_distance_style == pytest.approx(expected, rel=1e-5)
    assert found.losses.terms["style"] > found.gram_distance_style


def test_a_picture_too_small_for_a_distance(make_spec: MakeSpec, content_only: dict[str, Any]) -> None:
    """conv_10 sees the picture at 1/8 and conv_5 at 1/4, so 6 pixels are enough for one of them only."""
    spec = make_spec(**{**content_only, "content_layers": ("conv_1",)})
    image, content = random_image(0, 6, 48), random_image(1, 6, 48)
    found = measure(spec, to_tensor(image), image, {"content": content, "style": random_image(2)})
    assert found.feature_distance_content is None and found.ssim_content is None
    assert found.gram_distance_style is not None


def grey(level: int, extreme: int = 0) -> Image.Image:
    """Ten by ten pixels, the first `extreme` of them black and white in turn."""
    pixels = np.full((100, 3), level, dtype=np.uint8)
    pixels[:extreme:2], pixels[1:extreme:2] = 0, 255
    return Image.fromarray(pixels.reshape(10, 10, 3))


def test_a_picture_that_moved_needs_no_remark(make_spec: MakeSpec) -> None:
    assert remark(make_spec(), grey(101), grey(100), [grey(50)]) is None


def test_a_picture_at_its_start_is_told(make_spec: MakeSpec) -> None:
    """Nine of 100 pixels are a level off: 0.09 on average."""
    start = np.full((10, 10, 3), 100, dtype=np.uint8)
    start[0, :9] = 101
    said = "the picture has hardly left its start; try more steps (now 7) or other weights"
    assert remark(make_spec(steps=7), grey(100), Image.fromarray(start), []) == said
    assert remark(make_spec(steps=1), grey(100), Image.fromarray(start), []) is None
    start[0, :] = start[1, 0] = 101
    assert remark(make_spec(steps=7), grey(100), Image.fromarray(start), []) is None


def test_a_picture_at_its_bounds_is_told_unless_it_was_made_from_one(make_spec: MakeSpec) -> None:
    said = "52% of the picture is pure black or white; try a smaller optimizer.lr (now 10)"
    spec = make_spec(optimizer=Adam(lr=10))
    assert remark(spec, grey(100, 52), grey(100), [grey(50)]) == said
    assert remark(spec, grey(100, 50), grey(100), [grey(50)]) is None
    assert remark(spec, grey(100, 52), grey(100), [grey(50), grey(0)]) is None


@pytest.mark.parametrize(
    ("optimizer", "said"),
    [
        (Adam(lr=3), "try a smaller optimizer.lr (now 3) or a smaller weight"),
        (Lbfgs(), "try a smaller optimizer.lr (now 1) or a smaller weight"),
        *(
            (
                Lbfgs(clamp=clamp, lr=0.5),
                "try optimizer.clamp=projected, a smaller optimizer.lr (now 0.5) or a smaller weight",
            )
            for clamp in ("closure", "none")
        ),
    ],
)
def test_what_keeps_a_run_from_diverging(optimizer: Adam | Lbfgs, said: str, make_spec: MakeSpec) -> None:
    assert against_divergence(make_spec(optimizer=optimizer)) == said


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"content_weight": 1e9, "steps": 4}, "the picture has hardly left its start"),
        ({"content_weight": 1e-9, "style_weight": 1e-9, "init": "uniform", "steps": 4}, "the picture has hardly left"),
        ({"optimizer": Adam(lr=10), "steps": 5}, "7"),
        ({"steps": 20}, None),
    ],
    ids=["content alone", "weak", "at its bounds", "usual"],
)
def test_the_remark_on_a_run(changes: dict[str, object], begins: str | None, make_spec: MakeSpec) -> None:
    found = transfer(make_spec(**changes)).remark
    assert found is None if begins is None else found and found.startswith(begins)
