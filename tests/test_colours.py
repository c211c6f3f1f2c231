"""Colours at both ends of a run: what enters, what is shown, and what that leaves alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from specs import changed

from nst import colours
from nst.engine import transfer
from nst.inputs import load_inputs, set_up
from nst.metrics.recorded import feature_distance, gram_distance, psnr_db
from nst.optimizer.loop import Progress
from nst.pictures.find import PictureFile, file_hash, find
from nst.pictures.load import fit, full_image
from nst.pictures.recolour import LUMINANCE, matching, moments
from nst.pictures.tensors import to_image, to_tensor
from nst.spec.records import Spec, Target, Term

MakeSpec = Callable[..., Spec]
U = torch.tensor([-0.147, -0.288, 0.436])
V = torch.tensor([0.615, -0.515, -0.1])


def pixels(image: Image.Image | None) -> np.ndarray:
    assert image is not None
    return np.asarray(image)


def is_grey(image: Image.Image) -> bool:
    return bool((pixels(image) == pixels(image)[..., :1]).all())


def picture_file(name: str) -> PictureFile:
    path = find(name)
    return PictureFile(str(path), file_hash(path))


def chroma(picture: torch.Tensor) -> torch.Tensor:
    """U and V of a picture, by shares that sum to 0."""
    return torch.einsum("kc,nchw->nkhw", torch.stack([U - U.mean(), V - V.mean()]).to(picture), picture)


@pytest.fixture
def content_of_one_colour(tmp_path: Any) -> PictureFile:
    Image.new("RGB", (20, 20), (51, 102, 153)).save(tmp_path / "blue.png")
    return PictureFile(str(tmp_path / "blue.png"), file_hash(tmp_path / "blue.png"))


@pytest.fixture
def grey_picture(tmp_path: Any) -> PictureFile:
    LUMINANCE.apply(full_image(picture_file("coffee"))).resize((80, 60)).save(tmp_path / "grey.png")
    return PictureFile(str(tmp_path / "grey.png"), file_hash(tmp_path / "grey.png"))


def test_the_result_worked_out(make_spec: MakeSpec, content_of_one_colour: PictureFile) -> None:
    """Result (.8, .2, .2), content (.2, .4, .6): Y .3794 and .363, so that each channel gains .0164."""
    spec = make_spec(content=content_of_one_colour, colours="luminance")
    result = torch.tensor([0.8, 0.2, 0.2], dtype=torch.float64).view(1, 3, 1, 1).expand(1, 3, 4, 5)
    found = colours.shown(spec, result)
    assert found.dtype == torch.float64 and found.shape == result.shape
    assert found[0, :, 2, 3].tolist() == pytest.approx([0.2164, 0.4164, 0.6164], abs=1e-7)


def test_the_result_has_the_contents_chroma_and_its_own_luminance(make_spec: MakeSpec) -> None:
    """Where nothing is clipped; shares as Gatys et al. rounded them, less the mean that makes greys exactly 0."""
    spec = make_spec(colours="luminance")
    own = fit(full_image(spec.pictures["content"]), 64)
    content = to_tensor(own).double()
    result = (0.7 * content + 0.3 * torch.rand(content.shape, generator=torch.Generator().manual_seed(0))).clamp(0, 1)
    found = colours.shown(spec, result)
    free = ((found > 0) & (found < 1)).all(dim=1, keepdim=True)
    assert free.double().mean() > 0.9
    shares = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64)
    luma = [torch.einsum("c,nchw->nhw", shares, each)[:, None] for each in (found, result)]
    assert torch.allclose(luma[0][free], luma[1][free], rtol=0, atol=1e-7)
    assert torch.allclose(chroma(found).masked_select(free), chroma(content).masked_select(free), rtol=0, atol=1e-7)
    assert torch.equal(colours.shown(spec, content), content)


def test_luminance_enters_in_equal_channels(make_spec: MakeSpec) -> None:
    spec = make_spec(colours="luminance")
    inputs = load_inputs(spec)
    own = {name: fit(full_image(picture), 64) for name, picture in spec.pictures.items()}
    assert is_grey(inputs.pictures["content"]) and is_grey(inputs.pictures["style"])
    assert np.array_equal(pixels(inputs.pictures["content"]), pixels(LUMINANCE.apply(own["content"])))
    assert torch.equal(inputs.start, to_tensor(inputs.pictures["content"]))
    content, style = (moments(inputs.pictures[name]) for name in ("content", "style"))
    assert style.mean == pytest.approx(content.mean, abs=0.01)
    assert np.sqrt(style.covariance[0, 0]) == pytest.approx(np.sqrt(content.covariance[0, 0]), rel=0.1)


@pytest.mark.parametrize("kind", ["match", "match_cholesky", "match_pca"])
def test_a_style_enters_in_the_colours_of_the_content_at_full_size(make_spec: MakeSpec, kind: str) -> None:
    spec = make_spec(colours=kind)
    inputs, full = load_inputs(spec), {name: full_image(picture) for name, picture in spec.pictures.items()}
    expected = matching(kind, moments(full["content"]), moments(full["style"])).apply(fit(full["style"], 64))
    assert np.array_equal(pixels(inputs.pictures["style"]), pixels(expected))
    assert np.array_equal(pixels(inputs.pictures["content"]), pixels(fit(full["content"], 64)))
    assert not np.array_equal(pixels(expected), pixels(fit(full["style"], 64)))


def test_each_of_several_styles_is_matched_by_itself_and_no_other_picture(make_spec: MakeSpec) -> None:
    coffee, rocket = picture_file("coffee"), picture_file("rocket")
    spec = make_spec(colours="match")
    content, style = spec.terms
    two = replace(style, targets=(*style.targets, Target(coffee)))
    same = Term("layout", "mse", 1.0, ("conv_2",), (1.0,), (Target(spec.pictures["content"]),))
    more = Term("extra", "gram", 1.0, ("conv_2",), (1.0,), (Target(rocket),))
    inputs = load_inputs(replace(spec, terms=(content, two, same, more)))
    alone = {name: make_spec(colours="match", style=file) for name, file in (("style[2]", coffee), ("extra", rocket))}
    for name, one in alone.items():
        assert np.array_equal(pixels(inputs.pictures[name]), pixels(load_inputs(one).pictures["style"]))
    assert np.array_equal(pixels(inputs.pictures["layout"]), pixels(inputs.pictures["content"]))


def test_a_start_from_the_style_is_the_matched_one(make_spec: MakeSpec, chelsea: PictureFile) -> None:
    spec = make_spec(colours="match", init="style")
    as_is = to_image(load_inputs(changed(spec, colours=None)).start)
    full = {name: full_image(picture) for name, picture in spec.pictures.items()}
    expected = matching("match", moments(full["content"]), moments(full["style"])).apply(as_is)
    assert np.array_equal(pixels(to_image(load_inputs(spec).start)), pixels(expected))


@pytest.mark.parametrize(("kind", "is_changed"), [("match", False), ("luminance", True)])
def test_a_picture_that_only_starts_a_run(make_spec: MakeSpec, kind: str, is_changed: bool) -> None:
    coffee = picture_file("coffee")
    start, as_is = (
        to_image(load_inputs(make_spec(colours=one, init="picture", init_picture=coffee)).start) for one in (kind, None)
    )
    assert is_grey(start) == is_changed
    assert np.array_equal(pixels(start), pixels(LUMINANCE.apply(as_is) if is_changed else as_is))


def test_a_run_of_luminance_keeps_the_contents_chroma(make_spec: MakeSpec) -> None:
    spec = make_spec(colours="luminance", steps=6)
    seen: list[torch.Tensor] = []

    def keep(progress: Progress) -> None:
        seen.append(progress.picture.clone())

    result = transfer(spec, callback=keep)
    content = fit(full_image(spec.pictures["content"]), 64)
    free = ((result.picture > 0) & (result.picture < 1)).all(dim=1, keepdim=True)
    own = to_tensor(content)
    assert torch.allclose(
        chroma(result.picture).masked_select(free), chroma(own).masked_select(free), rtol=0, atol=1e-6
    )
    assert np.array_equal(pixels(result.image), pixels(to_image(result.picture)))
    assert not np.array_equal(pixels(result.image), pixels(content))
    assert torch.equal(seen[0], result.inputs.start) and all(is_grey(to_image(one)) for one in seen)


def test_metrics_of_luminance(make_spec: MakeSpec) -> None:
    """To the content in its own colours as it is shown; to the style, and losses of the PNG, by luminance."""
    result = transfer(make_spec(colours="luminance", steps=4))
    content = fit(full_image(make_spec().pictures["content"]), 64)
    seen, metrics = LUMINANCE.apply(result.image), result.metrics
    assert metrics.psnr_content_db == psnr_db(result.image, content)
    assert metrics.feature_distance_content == feature_distance(result.image, content)
    assert metrics.gram_distance_style == gram_distance(seen, [(result.inputs.pictures["style"], 1.0)])
    assert metrics.losses.total < result.trace[0].total_loss
    assert metrics.losses_png.total == pytest.approx(metrics.losses.total, rel=0.02)  # rounding to levels, and clipping
    assert metrics.losses_png.total != metrics.losses.total


def test_the_gradient_of_luminance_is_along_equal_channels(make_spec: MakeSpec) -> None:
    """Its product with a grey change is that of the gradient itself, by which the loss changes."""
    spec = make_spec(colours="luminance", precision="fp64", init="uniform")
    picture, objective = set_up(spec, load_inputs(spec))
    losses, gradient = objective.loss_and_gradient(picture)
    gradient = gradient.clone()
    same, found = colours.optimised(spec, objective).loss_and_gradient(picture)
    change = torch.rand(1, 1, *picture.shape[2:], dtype=torch.float64).expand_as(picture)
    assert same.total == losses.total and torch.equal(found[:, 0], found[:, 2])
    assert float((found * change).sum()) == pytest.approx(float((gradient * change).sum()), rel=1e-10)
    assert colours.optimised(make_spec(), objective) is objective


@pytest.mark.parametrize("kind", ["uniform", "gaussian"])
def test_noise_of_luminance_has_equal_channels(make_spec: MakeSpec, kind: str) -> None:
    found, as_is = (load_inputs(make_spec(colours=one, init=kind)).start for one in ("luminance", "match"))
    assert torch.equal(as_is, load_inputs(make_spec(init=kind)).start)
    assert found.shape == as_is.shape and all(torch.equal(found[:, channel], as_is[:, 0]) for channel in range(3))


def test_a_grey_content_makes_a_grey_result(make_spec: MakeSpec, grey_picture: PictureFile) -> None:
    result = transfer(make_spec(content=grey_picture, colours="luminance", steps=4))
    assert is_grey(result.image) and len(np.unique(pixels(result.image))) > 10


def test_colours_as_they_are_leave_everything_alone(make_spec: MakeSpec) -> None:
    spec, picture, image = make_spec(), torch.rand(1, 3, 4, 5), Image.new("RGB", (5, 4))
    assert colours.shown(spec, picture) is picture and colours.as_optimised(spec, image) is image
    assert colours.entering(spec, {"content": image, "style": image})["style"] is image
    assert colours.own_content(spec, {"content": image}) is image and colours.own_content(spec, {}) is None


def test_a_grey_style_is_remarked_on(make_spec: MakeSpec, grey_picture: PictureFile) -> None:
    (line,) = colours.remarks(make_spec(style=grey_picture, colours="match"))
    assert line.startswith("style: is grey or nearly so; colours=match enlarges its differences in colour up to ")
    assert colours.remarks(make_spec(style=grey_picture, colours="luminance")) == []
    assert colours.remarks(make_spec(style=grey_picture)) == []


def test_no_style_is_remarked_on_that_is_matched_well(make_spec: MakeSpec, grey_picture: PictureFile) -> None:
    """Neither one that has two colours and hardly a third, as `ihc`, nor a grey one of a grey content."""
    assert colours.remarks(make_spec(colours="match_pca")) == []
    assert colours.remarks(make_spec(content=grey_picture, style=grey_picture, colours="match")) == []
