from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import laplace

from nst.errors import UserError
from nst.pictures import blend as blending
from nst.pictures.blend import MODES, blend, ellipse_mask, laplacian, solve
from nst.pictures.find import find
from nst.pictures.read import read


def textured(width: int = 40, height: int = 30) -> np.ndarray:
    """Levels in 60..180, so that constants can be added."""
    return np.random.default_rng(0).integers(60, 181, (height, width, 3))


def picture(levels: np.ndarray) -> Image.Image:
    return Image.fromarray(levels.astype(np.uint8))


def full_mask(width: int, height: int) -> Image.Image:
    return Image.new("L", (width, height), 255)


def difference(first: Image.Image, second: Image.Image) -> int:
    return int(np.abs(np.asarray(first).astype(int) - np.asarray(second)).max())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("mask", [full_mask(40, 30), ellipse_mask(40, 30)])
def test_a_constant_added_to_the_source_vanishes(mode: str, mask: Image.Image) -> None:
    target = textured()
    result = blend(picture(target + (50, -40, 20)), mask, picture(target), mode=mode)
    assert result.mode == "RGB" and difference(result, picture(target)) <= 1


def test_a_flat_source_leaves_the_harmonic_ramp() -> None:
    target = picture(np.stack([np.add.outer(np.arange(30) * 2, np.arange(40) * 3)] * 3, axis=-1))
    flat = Image.new("RGB", (40, 30), (200, 10, 90))
    assert difference(blend(flat, ellipse_mask(40, 30), target), target) <= 1


def test_one_pixel_by_hand() -> None:
    target = np.full((3, 3, 3), 100)
    target[0, 1], target[1, 0] = 120, 140
    source = np.full((3, 3, 3), 10)
    source[1, 1] = 30
    # mean of the neighbours, (120 + 140 + 100 + 100) / 4, plus the mean of the four gradients of 20
    assert np.asarray(blend(picture(source), full_mask(3, 3), picture(target)))[1, 1].tolist() == [135] * 3
    # mixed: target gradients at the middle (100): -20, -40, 0, 0; so 20, -40, 20, 20 are kept: 115 + 20 / 4
    assert (
        np.asarray(blend(picture(source), full_mask(3, 3), picture(target), mode="mixed"))[1, 1].tolist() == [120] * 3
    )


def test_mixed_keeps_the_texture_under_a_flat_source() -> None:
    target, flat = picture(textured()), Image.new("RGB", (40, 30), (90, 90, 90))
    assert difference(blend(flat, full_mask(40, 30), target, mode="mixed"), target) <= 1
    assert difference(blend(flat, full_mask(40, 30), target, mode="poisson"), target) > 30


def test_the_source_keeps_its_laplacian() -> None:
    source = np.random.default_rng(0).integers(20, 40, (20, 20))
    target = Image.new("RGB", (40, 40), (100, 100, 100))
    result = blend(picture(np.stack([source] * 3, axis=-1)), full_mask(20, 20), target, (10, 10))
    cloned = np.asarray(result)[10:30, 10:30, 0].astype(int)
    deviation = (laplace(cloned) - laplace(source))[2:-2, 2:-2]
    assert np.abs(deviation).max() <= 4  # half a level for each of five pixels, four times for the middle one
    assert np.abs(laplace(source)).max() > 30


@pytest.mark.parametrize(
    ("offset", "box"),
    [
        ((10, 5), (11, 6, 19, 11)),  # columns 11..18 and rows 6..10: the source without its outermost pixels
        ((-4, -3), (1, 1, 5, 3)),  # the target's own border stays
        ((35, 26), (36, 27, 39, 29)),
        ((-4, 26), (1, 27, 5, 29)),
    ],
)
def test_offset_places_the_source(offset: tuple[int, int], box: tuple[int, int, int, int]) -> None:
    target = Image.new("RGB", (40, 30), (100, 100, 100))
    hill = 250 - np.add.outer(np.arange(-3, 4) ** 2, np.arange(-5, 5) ** 2) * 4
    source = picture(np.stack([hill] * 3, axis=-1))  # concave, so that the clone is above the target everywhere
    changed = np.asarray(blend(source, full_mask(10, 7), target, offset)).astype(int)[..., 0] != 100
    expected = np.zeros((30, 40), dtype=bool)
    expected[box[1] : box[3], box[0] : box[2]] = True
    assert (changed == expected).all()


def test_masks_of_any_mode_are_cut_at_128() -> None:
    target = picture(textured())
    source = picture(255 - textured())
    levels = np.zeros((30, 40), dtype=np.uint8)
    levels[10:20, 10:20], levels[22:25, 10:20] = 128, 127
    grey = picture(levels)
    result = blend(source, grey, target)
    outside = levels < 128
    assert (np.asarray(result)[outside] == np.asarray(target)[outside]).all()
    assert blend(source, grey.convert("RGB"), target).tobytes() == result.tobytes()
    assert blend(source, grey.point([0] * 128 + [255] * 128).convert("1"), target).tobytes() == result.tobytes()


def test_the_iterative_solver_gives_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = picture(255 - textured()), ellipse_mask(40, 30), picture(textured())
    direct = blend(*arguments)
    monkeypatch.setattr(blending, "LARGEST_DIRECT", 0)
    assert difference(blend(*arguments), direct) <= 1


def test_nothing_given_is_changed() -> None:
    pictures = picture(255 - textured()), ellipse_mask(40, 30), picture(textured())
    before = [each.tobytes() for each in pictures]
    blend(*pictures)
    assert [each.tobytes() for each in pictures] == before


@pytest.mark.parametrize("offset", [(40, 0), (0, 30), (-40, 0), (38, 0), (0, -1000)])
def test_a_source_beside_the_target(offset: tuple[int, int]) -> None:
    with pytest.raises(UserError, match=f"at offset {offset[0]},{offset[1]} lies outside the target \\(40 x 30\\)"):
        blend(picture(textured()), full_mask(40, 30), picture(textured()), offset)


def test_bad_arguments() -> None:
    square = picture(textured())
    with pytest.raises(UserError, match="40 x 31 pixels and the source 40 x 30"):
        blend(square, full_mask(40, 31), square)
    with pytest.raises(UserError, match="no pixel of 128 or more"):
        blend(square, Image.new("L", (40, 30), 127), square)
    with pytest.raises(UserError, match="no blend mode named 'mixd'; did you mean 'mixed'?"):
        blend(square, full_mask(40, 30), square, mode="mixd")


def test_ellipse_mask() -> None:
    inside = np.asarray(ellipse_mask(60, 40)) == 255
    assert inside.shape == (40, 60)
    assert inside.mean() == pytest.approx(np.pi / 4, abs=0.01)
    assert (inside == inside[::-1]).all() and (inside == inside[:, ::-1]).all()
    assert inside[0].any() and inside[:, 0].any() and not inside[0, 0]
    assert np.asarray(ellipse_mask(1, 1)).tolist() == [[255]]


@pytest.mark.parametrize("mode", MODES)
def test_builtin_pictures(mode: str) -> None:
    source, target = read(find("chelsea")), read(find("rocket"))
    result = np.asarray(blend(source, ellipse_mask(*source.size), target, (290, 20), mode)).astype(int)
    assert result.shape == (427, 640, 3)
    assert (result[:, :290] == np.asarray(target)[:, :290]).all()
    assert np.abs(result - np.asarray(target))[100:240, 350:600].mean() > 10


@pytest.mark.pictures
@pytest.mark.parametrize("mode", MODES)
def test_a_bear_in_a_pool(mode: str, writeup_pictures: Path) -> None:
    names = ("bear_source.png", "bear_mask.png", "pool_target.jpg")
    source, mask, target = (read(writeup_pictures / "blend" / name) for name in names)
    result = np.asarray(blend(source, mask, target, mode=mode)).astype(int)
    inside = np.asarray(mask.convert("L")) >= 128
    assert (result[~inside] == np.asarray(target)[~inside]).all()
    assert result[inside].mean() < np.asarray(target)[inside].mean() - 20


def ragged_region() -> np.ndarray:
    region = np.random.default_rng(0).random((40, 30)) < 0.7
    region[20:22] = False
    return region


def test_laplacian_of_an_l_shape() -> None:
    region = np.array([[1, 0], [1, 1]], dtype=bool)
    assert laplacian(region).toarray().tolist() == [[4, -1, 0], [-1, 4, -1], [0, -1, 4]]


def test_rows_do_not_wrap_around() -> None:
    region = np.array([[0, 0, 1], [1, 0, 0]], dtype=bool)
    assert laplacian(region).toarray().tolist() == [[4, 0], [0, 4]]


@pytest.mark.parametrize("largest_direct", [10**9, 0])
def test_both_solvers_agree_with_a_dense_one(largest_direct: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blending, "LARGEST_DIRECT", largest_direct)
    region = ragged_region()
    right = np.random.default_rng(1).normal(0, 50, (int(region.sum()), 3))
    expected = np.linalg.solve(laplacian(region).toarray(), right)
    assert np.abs(solve(region, right, np.zeros_like(right)) - expected).max() < 0.01


def test_the_sine_transform_is_exact_on_a_rectangle() -> None:
    region = np.zeros((9, 12), dtype=bool)
    region[2:7, 3:11] = True
    right = np.random.default_rng(2).normal(size=40)
    assert laplacian(region) @ blending._box_solver(region)(right) == pytest.approx(right)
