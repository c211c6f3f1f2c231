from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torchvision import transforms

from nst.errors import UserError
from nst.pictures.find import file_hash
from nst.pictures.load import MAX_ASPECT, centre_crop, fit, fitted_shape, full_image, scaled_size, shape_of_long
from nst.spec.check import RESIZES
from nst.spec.records import Blend, PictureFile

SIZE = (8, 6)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    full_image.cache_clear()


def save(path: Path, colour: str) -> PictureFile:
    Image.new("RGB", SIZE, colour).save(path)
    return PictureFile(str(path), file_hash(path))


def test_a_picture_saved_anew_is_refused_under_its_old_hash(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    planned = save(path, "red")
    now = save(path, "blue")
    with pytest.raises(UserError) as caught:
        full_image(planned)
    assert str(caught.value).startswith(f"cannot read the picture {str(path)!r}: it has changed since this run was")
    assert full_image(now).getpixel((0, 0)) == (0, 0, 255)
    save(path, "red")
    assert full_image(planned).getpixel((0, 0)) == (255, 0, 0)


def test_a_kept_picture_is_the_one_of_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    red = save(path, "red")
    assert full_image(red).getpixel((0, 0)) == (255, 0, 0)
    blue = save(path, "blue")
    assert full_image(red).getpixel((0, 0)) == (255, 0, 0)
    assert full_image(blue).getpixel((0, 0)) == (0, 0, 255)


def test_every_part_of_a_blend_is_verified(tmp_path: Path) -> None:
    colours = {"source": "red", "mask": "white", "target": "blue"}
    parts = {name: save(tmp_path / f"{name}.png", colour) for name, colour in colours.items()}
    blend = Blend(**parts, offset=(0, 0), mode="poisson")
    for name, colour in colours.items():
        full_image.cache_clear()
        save(tmp_path / f"{name}.png", "black")
        with pytest.raises(UserError, match=rf"{name}\.png': it has changed"):
            full_image(blend)
        save(tmp_path / f"{name}.png", colour)
    assert full_image(blend).size == SIZE


@pytest.mark.parametrize(
    ("width", "height", "size", "shape"),
    [
        (451, 300, 512, (512, 770)),  # 451 * 512 / 300 = 769.7
        (300, 451, 512, (770, 512)),
        (444, 444, 256, (256, 256)),
        (3, 2, 1, (1, 2)),  # 1.5 rounds up
        (400, 100, 64, (64, 256)),  # exactly MAX_ASPECT: as asked
        (1600, 100, 64, (32, 512)),  # 16 : 1 in 4 * 64**2 = 16384 = 32 * 512
        (100, 1600, 64, (512, 32)),
        (10_000_000, 1, 16, (1, 1024)),
        (1, 1, 512, (512, 512)),
    ],
)
def test_fitted_shape(width: int, height: int, size: int, shape: tuple[int, int]) -> None:
    assert fitted_shape(width, height, size) == shape


@given(st.integers(1, 30_000), st.integers(1, 30_000), st.integers(1, 3000))
def test_fitted_shape_holds_its_promises(width: int, height: int, size: int) -> None:
    rows, columns = fitted_shape(width, height, size)
    assert fitted_shape(height, width, size) == (columns, rows)
    assert min(rows, columns) >= 1 and rows * columns <= MAX_ASPECT * size**2
    if max(width, height) <= MAX_ASPECT * min(width, height):
        assert min(rows, columns) == size
        exact = max(width, height) * size / min(width, height)
        assert abs(max(rows, columns) - exact) <= 0.5


@pytest.mark.parametrize("arguments", [(0, 5, 5), (5, 0, 5), (5, 5, 0), (5, 5, -1)])
def test_fitted_shape_refuses_nothing_at_all(arguments: tuple[int, int, int]) -> None:
    with pytest.raises(UserError, match="at least 1 pixel"):
        fitted_shape(*arguments)


@pytest.mark.parametrize(
    ("width", "height", "long", "shape"),
    [
        (1500, 1000, 1024, (683, 1024)),  # 682.7
        (1000, 1500, 1024, (1024, 683)),
        (3, 2, 2, (1, 2)),  # 1.3
        (4, 3, 2, (2, 2)),  # 1.5 rounds up
        (10_000, 1, 16, (1, 16)),
    ],
)
def test_shape_of_long(width: int, height: int, long: int, shape: tuple[int, int]) -> None:
    assert shape_of_long(width, height, long) == shape


def test_fit_is_antialiased() -> None:
    stripes = np.tile(np.array([0, 255], dtype=np.uint8), (64, 32))
    small = np.asarray(fit(Image.fromarray(stripes).convert("RGB"), 8))
    assert small.shape == (8, 8, 3)
    assert np.abs(small[:, 1:-1].astype(int) - 127.5).max() < 2


@pytest.mark.parametrize(("width", "height", "size"), [(120, 90, 48), (90, 120, 48), (64, 64, 100)])
def test_bilinear_gives_the_pixels_of_torchvision(width: int, height: int, size: int) -> None:
    """The PyTorch tutorial resizes a Pillow image by `transforms.Resize(size)`."""
    picture = Image.effect_noise((width, height), 60).convert("RGB")
    expected = transforms.Resize(size)(picture)
    assert fit(picture, size, "bilinear").tobytes() == expected.tobytes()
    assert fit(picture, size).tobytes() != expected.tobytes()


@pytest.mark.parametrize("resize", RESIZES)
def test_a_filter_keeps_what_is_flat(resize: str) -> None:
    flat = Image.new("RGB", (50, 30), (10, 200, 90))
    for found in (fit(flat, 12, resize), centre_crop(flat, 9, 9, resize)):
        assert found.getcolors() == [(found.width * found.height, (10, 200, 90))]


def test_fit_keeps_the_orientation_of_a_ramp() -> None:
    ramp = Image.fromarray(np.tile(np.arange(0, 200, 2, dtype=np.uint8), (50, 1))).convert("RGB")
    row = np.asarray(fit(ramp, 100))[50, :, 0].astype(int)
    assert row.shape == (200,) and (np.diff(row) >= 0).all()
    assert np.abs(row[4:-4] - (np.arange(200)[4:-4] - 0.5)).max() <= 1


def test_centre_crop_keeps_the_centre_and_stretches_nothing() -> None:
    levels = np.zeros((40, 120, 3), dtype=np.uint8)
    levels[:, 40:80] = (0, 255, 0)
    levels[:, :40] = (255, 0, 0)
    levels[:, 80:] = (0, 0, 255)
    crop = np.asarray(centre_crop(Image.fromarray(levels), 80, 80))
    assert crop.shape == (80, 80, 3)
    assert (crop == (0, 255, 0)).all(axis=-1).mean() > 0.9

    disc = Image.fromarray(np.where(np.hypot(*np.ogrid[-50:50, -100:100]) < 40, 255, 0).astype(np.uint8)).convert("RGB")
    inside = np.asarray(centre_crop(disc, 50, 60))[..., 0] > 127
    assert abs(inside.any(axis=0).sum() - inside.any(axis=1).sum()) <= 1


def test_centre_crop_to_the_same_shape_changes_nothing() -> None:
    picture = Image.effect_noise((31, 17), 60).convert("RGB")
    assert centre_crop(picture, 17, 31).tobytes() == picture.tobytes()


def test_a_blend_without_enough_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(*_: object) -> None:
        raise MemoryError("Unable to allocate 9 GiB for an array with shape (9, 9)")

    monkeypatch.setattr("nst.pictures.blend.solve", hungry)
    red, blue = save(tmp_path / "a.png", "red"), save(tmp_path / "b.png", "blue")
    with pytest.raises(UserError, match="^blend: there is not enough memory for it$"):
        full_image(Blend(red, None, blue, offset=(0, 0), mode="poisson"))


@pytest.mark.parametrize(
    ("scale", "shape", "expected"),
    [
        (None, (300, 200), 512),
        (0.5, (300, 200), 256),
        (0.333, (300, 200), 170),
        (2.0, (3000, 2000), 1024),
        (2.0, (900, 700), 700),
        (2.0, (300, 200), 512),
    ],
)
def test_a_scale_is_of_the_size_and_never_enlarges_further(
    scale: float | None, shape: tuple[int, int], expected: int
) -> None:
    """512 x 0.333 = 170.496; twice is 1024, but a file of 700 gives 700, one of 200 no more than the size itself."""
    assert scaled_size(512, scale, *shape) == expected
