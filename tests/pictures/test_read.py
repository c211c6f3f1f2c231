import hashlib
import io
import os
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from nst.errors import UserError
from nst.pictures import read as module
from nst.pictures.formats import colour
from nst.pictures.read import open_own, read, read_verified
from pictures.formats.profiles import SRGB_BLUE, SRGB_GREEN, SRGB_RED, matrix_profile

FORMATS = ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM"]


def sample(width: int = 48, height: int = 32) -> Image.Image:
    rows, columns = np.indices((height, width))
    return Image.fromarray(np.stack([rows * 7, columns * 5, rows + columns], axis=-1).astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, rows: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def complaint(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"cannot read the picture {str(path)!r}: ") and "\n" not in message
    return message


@pytest.mark.parametrize("kind", FORMATS)
def test_formats(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path / "été [1].anything", encoded(sample(), kind))
    picture = read(path)
    assert (type(picture), picture.mode, picture.size) == (Image.Image, "RGB", (48, 32))
    lossy = {"JPEG": 6, "WEBP": 12, "GIF": 40}
    difference = np.abs(np.asarray(picture).astype(int) - np.asarray(sample()))
    assert difference.mean() <= lossy.get(kind, 0)
    path.unlink()
    assert picture.getpixel((0, 0)) == picture.copy().getpixel((0, 0))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", mode) for mode in ("1", "L", "LA", "P", "RGBA", "I;16")),
        *(("TIFF", mode) for mode in ("1", "L", "LA", "P", "RGBA", "I;16", "I", "F", "CMYK", "YCbCr", "LAB")),
        *(("JPEG", mode) for mode in ("L", "CMYK", "YCbCr")),
        *(("WEBP", mode) for mode in ("RGBA", "P")),
        *(("GIF", mode) for mode in ("L", "P", "1")),
        *(("BMP", mode) for mode in ("1", "L", "P", "RGBA")),
    ],
)
def test_a_black_and_white_picture_in_every_mode(kind: str, mode: str, tmp_path: Path) -> None:
    half = Image.new("L", (32, 32), 0)
    half.paste(255, (16, 0, 32, 32))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(half).astype(np.uint16) * 257)
    elif mode == "F":
        image = Image.fromarray(np.asarray(half).astype(np.float32) / 255)
    elif mode == "LAB":
        neutral = Image.new("L", half.size, 128)
        image = Image.merge("LAB", (half, neutral, neutral))
    elif mode in ("CMYK", "YCbCr"):
        image = half.convert("RGB").convert(mode)
    else:
        image = half.convert(mode)
    seen = np.asarray(read(written(tmp_path / "x", encoded(image, kind)))).astype(int)
    assert seen[:, :15].max() <= 12 and seen[:, 17:].min() >= 243


def test_ink_in_an_adobe_jpeg(tmp_path: Path) -> None:
    data = encoded(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), "JPEG")
    assert b"Adobe" in data
    assert read(written(tmp_path / "x.jpg", data)).getpixel((8, 8)) == pytest.approx((0, 255, 255), abs=3)


def test_16_bit_colours(tmp_path: Path) -> None:
    row = b"\0" + struct.pack(">6H", 0, 100 * 257, 65535, 50 * 257, 1 * 257, 2 * 257)
    picture = read(written(tmp_path / "x.png", png(2, 1, 16, 2, row)))
    assert [picture.getpixel((x, 0)) for x in (0, 1)] == [(0, 100, 255), (50, 1, 2)]


def test_transparency_over_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 128))
    image.putpixel((1, 0), (0, 0, 0, 0))
    picture = read(written(tmp_path / "x.png", encoded(image, "PNG")))
    assert [picture.getpixel((x, 0)) for x in (0, 1)] == [(255, 127, 127), (255, 255, 255)]


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (47, 31)), (6, (31, 0)), (8, (0, 47))])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG", "WEBP"])
def test_exif_orientation(kind: str, orientation: int, corner: tuple[int, int], tmp_path: Path) -> None:
    """6 is a quarter turn clockwise, so that the stored upper left corner is seen at the upper right; 8 the reverse."""
    image = Image.new("RGB", (48, 32))
    image.paste((255, 255, 255), (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read(written(tmp_path / "x", encoded(image, kind, exif=exif)))
    assert picture.size == ((48, 32) if orientation in (1, 3) else (32, 48))
    bright = [
        (x, y) for x in (0, picture.width - 1) for y in (0, picture.height - 1) if sum(picture.getpixel((x, y))) > 600
    ]  # type: ignore[arg-type]
    assert bright == [corner]


def test_broken_exif_is_no_obstacle(tmp_path: Path) -> None:
    data = encoded(sample(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(20))
    assert read(written(tmp_path / "x.jpg", data)).size == (48, 32)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG", "WEBP"])
def test_profiles_are_followed(kind: str, tmp_path: Path) -> None:
    swapped = matrix_profile(SRGB_GREEN, SRGB_RED, SRGB_BLUE, gamma=2.2)
    data = encoded(Image.new("RGB", (16, 16), (255, 0, 0)), kind, icc_profile=swapped)
    picture = read(written(tmp_path / "x", data))
    assert picture.getpixel((8, 8)) == pytest.approx((0, 255, 0), abs=8)
    assert picture.info == {}


def test_the_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "PNG", "WEBP", "TIFF"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert read(written(tmp_path / "x", data)).getpixel((4, 4)) == pytest.approx((255, 0, 0), abs=3)


def test_too_many_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = written(tmp_path / "bomb.png", png(20_000, 20_000, 8, 2, b""))
    assert "20000 x 20000 pixels are more than the 268435456 allowed" in complaint(bomb)
    monkeypatch.setattr(module, "MAX_PIXELS", 48 * 32 - 1)
    assert "48 x 32 pixels" in complaint(written(tmp_path / "x.png", encoded(sample(), "PNG")))


def test_pillows_own_limit_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "x.png", encoded(sample(), "PNG"))
    for limit in (10, 1000):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        assert read(path).size == (48, 32)
        assert limit == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", "the file is empty"),
        (b"\0", "it is damaged or not a picture of a known format (JPEG, "),
        (b"hello, world\n" * 99, "it is damaged or not a picture of a known format (JPEG, "),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "it is PostScript (EPS): export it as PNG first"),
    ],
)
def test_not_a_picture(data: bytes, wanted: str, tmp_path: Path) -> None:
    assert wanted in complaint(written(tmp_path / "x.png", data))


def test_what_is_verified_is_what_is_decoded(tmp_path: Path) -> None:
    data = encoded(sample(), "PNG")
    path = written(tmp_path / "x.png", data)
    planned = hashlib.sha256(data).hexdigest()
    assert read_verified(path, planned).tobytes() == sample().tobytes()
    written(path, encoded(Image.new("RGB", (48, 32)), "PNG"))
    with pytest.raises(UserError) as caught:
        read_verified(path, planned)
    message = str(caught.value)
    assert message.startswith(f"cannot read the picture {str(path)!r}: it has changed since this run was planned")
    assert planned[:12] in message and "\n" not in message
    path.unlink()
    with pytest.raises(UserError, match="No such file"):
        read_verified(path, planned)


def test_a_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "x.png", encoded(sample(), "PNG"))
    opened: list[object] = []
    monkeypatch.setattr(Path, "open", lambda self, mode: (opened.append(self), open(self, mode))[1])
    read_verified(path, hashlib.sha256(path.read_bytes()).hexdigest())
    assert opened == [path, path]  # once by this test


def test_a_file_too_large_for_memory_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 2**30)
    path = written(tmp_path / "x.png", encoded(sample(), "PNG"))
    os.truncate(path, 2**31)
    assert "its 2.0 GiB are more than the 1 GiB allowed" in complaint(path)


def test_a_large_picture_is_never_copied_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RGB is passed on as it was decoded; what is converted needs a band of rows besides its result."""
    tall = sample(64, 4096)
    monkeypatch.setattr(colour, "BAND", 2**12)
    largest: list[int] = []
    for name in ("copy", "convert", "crop"):
        method = getattr(Image.Image, name)

        def watched(self: Image.Image, *arguments: object, method: Any = method, **options: object) -> Image.Image:
            result: Image.Image = method(self, *arguments, **options)
            largest.append(result.width * result.height)
            return result

        monkeypatch.setattr(Image.Image, name, watched)
    for mode in ("RGB", "RGBA", "L", "P", "CMYK", "F"):
        data = encoded(tall.convert("L").convert("F") if mode == "F" else tall.convert(mode), "TIFF")
        largest.clear()
        assert read(written(tmp_path / mode, data)).size == (64, 4096)
        assert max(largest) <= 2**12


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "CMYK", "LAB", "I;16", "I", "F"])
def test_bands_make_no_difference(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (37, 23, 4)).astype(np.uint8)
    numbers = {"I;16": np.uint16(257), "I": np.int32(-1000), "F": np.float32(0.01)}
    if mode in numbers:
        image = Image.fromarray(noise[..., 0] * numbers[mode])
    else:
        image = (
            Image.merge("LAB", Image.fromarray(noise).split()[:3])
            if mode == "LAB"
            else (
                Image.fromarray(noise).convert("RGB").convert(mode)
                if mode == "CMYK"
                else Image.fromarray(noise).convert(mode)
            )
        )
    profile = matrix_profile(SRGB_GREEN, SRGB_RED, SRGB_BLUE, gamma=2.2)
    path = written(tmp_path / "x", encoded(image, "TIFF", icc_profile=profile))
    whole = read(path)
    monkeypatch.setattr(colour, "BAND", 100)
    assert read(path).tobytes() == whole.tobytes()


@pytest.mark.parametrize("size", [(0, 4), (4, 0)])
def test_no_pixels(size: tuple[int, int], tmp_path: Path) -> None:
    complaint(written(tmp_path / "x.png", png(*size, 8, 2, b"\0")))
    complaint(written(tmp_path / "x.ppm", b"P6 %d %d 255\n" % size))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_truncated(kind: str, part: float, tmp_path: Path) -> None:
    noise = Image.effect_noise((64, 64), 80).convert("RGB")
    data = encoded(noise, kind)
    complaint(written(tmp_path / "x", data[: int(len(data) * part)]))


@pytest.mark.parametrize("kind", FORMATS)
def test_damage_is_read_or_refused_but_never_raised(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PIXELS", 10**5)
    whole = encoded(sample(16, 12), kind)
    dice = random.Random(kind)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(min(len(data), dice.choice((40, 400, 10**6))))] = dice.randrange(256)
        try:
            assert read(written(tmp_path / "x", bytes(data))).mode == "RGB"
        except UserError as error:
            assert "\n" not in str(error)


def test_missing_and_unreadable(tmp_path: Path) -> None:
    assert "No such file" in complaint(tmp_path / "x.png")
    assert "directory" in complaint(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden(tmp_path: Path) -> None:
    path = written(tmp_path / "x.png", encoded(sample(), "PNG"))
    path.chmod(0)
    assert "Permission denied" in complaint(path)


def test_nothing_but_png_and_webp_is_taken_from_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An EPS file would be handed to Ghostscript, whatever it is called."""
    (tmp_path / "image.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nshowpage\n")
    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", lambda *_: pytest.fail("Ghostscript was started"))
    with pytest.raises(UnidentifiedImageError):
        open_own(tmp_path / "image.png").load()
    for name in ("a.png", "a.webp"):
        Image.new("RGB", (4, 4), "red").save(tmp_path / name, lossless=True)
        with open_own(tmp_path / name) as image:
            assert image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
