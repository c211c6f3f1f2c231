"""Shapes at which pictures enter: the content as the result, the style by the shorter side."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image

from nst.inputs import load_inputs
from nst.pictures.find import file_hash
from nst.spec.records import PictureFile, Scale, Spec
from nst.spec.sizes.shapes import entering_shape, result_shape

MakeSpec = Callable[..., Spec]


def picture(path: Path, width: int, height: int) -> PictureFile:
    Image.new("RGB", (width, height), (width % 256, height % 256, 9)).save(path)
    return PictureFile(str(path), file_hash(path))


def spec_of(make_spec: MakeSpec, folder: Path, last: Scale) -> Spec:
    """A content of 90 x 60 and a style of 91 x 60."""
    content, style = picture(folder / "a.png", 90, 60), picture(folder / "b.png", 91, 60)
    return replace(make_spec(content=content, style=style), scales=(last,))


def test_only_the_content_has_the_longer_side(make_spec: MakeSpec, tmp_path: Path) -> None:
    spec = spec_of(make_spec, tmp_path, Scale(43, 3, 64))
    assert result_shape(spec) == entering_shape(spec, "content") == (43, 64)
    assert entering_shape(spec, "style") == (43, 65)


def test_without_a_longer_side_all_follow_the_size(make_spec: MakeSpec, tmp_path: Path) -> None:
    spec = spec_of(make_spec, tmp_path, Scale(43, 3))
    assert result_shape(spec) == entering_shape(spec, "content") == entering_shape(spec, "style") == (43, 65)


def test_a_target_has_a_scale_of_its_own(make_spec: MakeSpec, tmp_path: Path) -> None:
    spec = spec_of(make_spec, tmp_path, Scale(40, 3))
    style = replace(spec.terms[1], targets=(replace(spec.terms[1].targets[0], scale=0.5),))
    assert entering_shape(replace(spec, terms=(spec.terms[0], style)), "style") == (20, 30)


def test_pictures_are_loaded_in_these_shapes(make_spec: MakeSpec, tmp_path: Path) -> None:
    inputs = load_inputs(spec_of(make_spec, tmp_path, Scale(43, 3, 64)))
    assert inputs.pictures["content"].size == (64, 43) and tuple(inputs.start.shape) == (1, 3, 43, 64)
