import numpy as np
import pytest
from PIL import Image, ImageCms

from nst.pictures.formats.colour import to_srgb

from .profiles import SRGB_BLUE, SRGB_GREEN, SRGB_RED, grey_ink_profile, grey_profile, matrix_profile


def pixels(image: Image.Image) -> list[tuple[int, ...]]:
    assert image.mode == "RGB"
    return [tuple(int(level) for level in pixel) for row in np.asarray(image) for pixel in row]


def grey_levels(values: np.ndarray) -> list[int]:
    seen = pixels(to_srgb(Image.fromarray(values)))
    assert all(len(set(pixel)) == 1 for pixel in seen)
    return [pixel[0] for pixel in seen]


def one(mode: str, colour: int | tuple[int, ...], profile: bytes | None = None) -> tuple[int, ...]:
    image = Image.new(mode, (1, 1), colour)
    if profile:
        image.info["icc_profile"] = profile
    return pixels(to_srgb(image))[0]


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("RGB", (1, 2, 3), (1, 2, 3)),
        ("RGBX", (1, 2, 3, 0), (1, 2, 3)),
        ("L", 7, (7, 7, 7)),
        ("1", 1, (255, 255, 255)),
        ("CMYK", (255, 0, 0, 0), (0, 255, 255)),
        ("YCbCr", (90, 128, 128), (90, 90, 90)),
        ("HSV", (0, 255, 255), (255, 0, 0)),
        ("RGBA", (255, 0, 0, 128), (255, 127, 127)),
        ("RGBA", (1, 2, 3, 0), (255, 255, 255)),
        ("LA", (0, 64), (191, 191, 191)),
        ("La", (0, 64), (191, 191, 191)),
        ("RGBa", (128, 0, 0, 128), (255, 127, 127)),
    ],
)
def test_modes(mode: str, colour: int | tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert one(mode, colour) == expected


def test_palettes() -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    image.putdata([0, 1, 2])
    assert pixels(to_srgb(image)) == [(10, 20, 30), (40, 50, 60), (70, 80, 90)]
    assert pixels(to_srgb(image.convert("PA"))) == pixels(to_srgb(image))
    image.info["transparency"] = 1
    assert pixels(to_srgb(image)) == [(10, 20, 30), (255, 255, 255), (70, 80, 90)]
    image.info["transparency"] = bytes([255, 0, 255])
    assert pixels(to_srgb(image)) == [(10, 20, 30), (255, 255, 255), (70, 80, 90)]


def test_a_transparent_colour() -> None:
    grey, colours = Image.new("L", (2, 1), 7), Image.new("RGB", (2, 1), (1, 2, 3))
    grey.putpixel((0, 0), 9)
    colours.putpixel((0, 0), (9, 9, 9))
    grey.info["transparency"], colours.info["transparency"] = 7, (1, 2, 3)
    assert pixels(to_srgb(grey)) == pixels(to_srgb(colours)) == [(9, 9, 9), (255, 255, 255)]


def test_16_bit_grey() -> None:
    values = np.array([[0, 100 * 257, 32768, 65535]], dtype=np.uint16)
    assert Image.fromarray(values).mode == "I;16"
    assert grey_levels(values) == [0, 100, 128, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 100, 255], [0, 100, 255]),
        ([0, 100 * 257, 65535], [0, 100, 255]),
        ([-100, 0, 100], [0, 128, 255]),
        ([0, 50_000, 100_000], [0, 128, 255]),
        ([-2, -2, -2], [0, 0, 0]),
    ],
)
def test_32_bit_grey(values: list[int], expected: list[int]) -> None:
    assert grey_levels(np.array([values], dtype=np.int32)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0.25, 1], [0, 64, 255]),
        ([0.2, 0.4, 0.6], [51, 102, 153]),
        ([-1, 0, 3], [0, 64, 255]),
        ([float("nan"), float("inf"), 1], [0, 0, 255]),
        ([0, 1e-40, 1e38], [0, 0, 255]),
        ([-3e38, 0, 3e38], [0, 128, 255]),
    ],
)
def test_float_grey(values: list[float], expected: list[int]) -> None:
    assert grey_levels(np.array([values], dtype=np.float32)) == expected


def test_a_profile_with_swapped_primaries() -> None:
    profile = matrix_profile(SRGB_GREEN, SRGB_RED, SRGB_BLUE, gamma=2.2)
    assert one("RGB", (255, 0, 0), profile) == pytest.approx((0, 255, 0), abs=2)
    assert one("RGB", (0, 0, 255), profile) == pytest.approx((0, 0, 255), abs=2)
    assert one("RGBA", (255, 0, 0, 128), profile) == pytest.approx((127, 255, 127), abs=2)


@pytest.mark.parametrize(
    ("mode", "profile"), [("RGB", matrix_profile(SRGB_RED, SRGB_GREEN, SRGB_BLUE, 1.0)), ("L", grey_profile(1.0))]
)
def test_a_linear_profile(mode: str, profile: bytes) -> None:
    # 128 / 255 = 0.502 of the light; 1.055 * 0.502 ** (1 / 2.4) - 0.055 = 0.737 = 188 / 255
    assert one(mode, (128, 128, 128) if mode == "RGB" else 128, profile) == pytest.approx((188,) * 3, abs=1)


def test_an_rgb_profile_holds_for_palettes_and_grey() -> None:
    linear = matrix_profile(SRGB_RED, SRGB_GREEN, SRGB_BLUE, 1.0)
    image = Image.new("P", (1, 1))
    image.putpalette([128, 128, 128])
    image.info["icc_profile"] = linear
    assert pixels(to_srgb(image))[0] == pytest.approx((188,) * 3, abs=1)
    assert one("L", 128, linear) == pytest.approx((188,) * 3, abs=1)


def test_a_grey_profile_holds_for_16_bits() -> None:
    image = Image.fromarray(np.full((1, 1), 128 * 257, dtype=np.uint16))
    image.info["icc_profile"] = grey_profile(1.0)
    assert pixels(to_srgb(image))[0] == pytest.approx((188,) * 3, abs=1)


def test_ink_follows_its_profile() -> None:
    # L* = 100 * 128 / 255 = 50.2: Y = (66.2 / 116) ** 3 = 0.186, in sRGB 1.055 * 0.186 ** (1 / 2.4) - 0.055 = 119 / 255
    assert one("CMYK", (255, 0, 0, 0), grey_ink_profile()) == pytest.approx((119,) * 3, abs=2)
    assert one("CMYK", (0, 0, 0, 0), grey_ink_profile()) == pytest.approx((255,) * 3, abs=2)
    assert one("CMYK", (0, 0, 0, 255), grey_ink_profile()) == pytest.approx((0,) * 3, abs=2)


def test_lab() -> None:
    assert one("LAB", (128, 128, 128)) == pytest.approx((119,) * 3, abs=1)  # as above
    assert one("LAB", (255, 128, 128)) == pytest.approx((255,) * 3, abs=1)
    red, green, _ = one("LAB", (128, 200, 128))
    assert red > green + 100


def test_srgb_itself_changes_no_level() -> None:
    image = Image.effect_noise((64, 64), 80).convert("RGB")
    image.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert to_srgb(image).tobytes() == image.tobytes()


@pytest.mark.parametrize(
    "profile", [b"", b"nonsense", bytes(200), grey_profile(1.0), grey_ink_profile(), grey_profile(1.0)[:150]]
)
def test_a_broken_or_foreign_profile_is_ignored(profile: bytes) -> None:
    assert one("RGB", (128, 64, 32), profile) == (128, 64, 32)


def test_nothing_is_carried_along_or_changed() -> None:
    image = Image.new("RGB", (2, 2), (1, 2, 3))
    image.info.update(icc_profile=grey_profile(1.0), comment="x")
    result = to_srgb(image)
    assert result.info == {} and result is not image
    result.putpixel((0, 0), (9, 9, 9))
    assert image.getpixel((0, 0)) == (1, 2, 3)
