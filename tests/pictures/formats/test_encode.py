"""PNG, JPEG and WebP with the run's text in them."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from nst.pictures.find import file_hash
from nst.pictures.formats.encode import encode, file_format, text_in
from nst.pictures.read import read, read_alpha

TEXT = {"Software": "nst 1", "nst:signature": "0123456789ab", "nst:spec": '{"name": "é"}'}
LEVELS = np.random.default_rng(0).integers(0, 256, (12, 16, 3), dtype=np.uint8).repeat(4, 0).repeat(4, 1)
PICTURE = Image.fromarray(LEVELS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.png", "PNG"), ("a.JPG", "JPEG"), ("a.jpeg", "JPEG"), ("a.b.WebP", "WEBP"), ("a.gif", None), ("png", None)],
)
def test_the_suffix_decides(name: str, expected: str | None) -> None:
    assert file_format(Path(name)) == expected


@pytest.mark.parametrize("wanted", ["PNG", "JPEG", "WEBP"])
def test_the_text_is_in_every_format(wanted: str, tmp_path: Path) -> None:
    data = encode(PICTURE, wanted, TEXT, 90)
    assert data == encode(PICTURE, wanted, TEXT, 90)
    (tmp_path / "me").write_bytes(data)
    assert text_in(tmp_path / "me") == TEXT
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.mode, image.size) == (wanted, "RGB", (64, 48))


@pytest.mark.parametrize("wanted", ["JPEG", "WEBP"])
def test_the_colours_are_said_to_be_srgb(wanted: str, tmp_path: Path) -> None:
    with Image.open(io.BytesIO(encode(PICTURE, wanted, TEXT, 90))) as image:
        assert image.getexif()[0x0131] == "nst 1" and image.getexif().get_ifd(0x8769)[0xA001] == 1
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        assert ImageCms.getProfileDescription(profile).startswith("sRGB")
        plain = image.tobytes()
    (tmp_path / "me").write_bytes(encode(PICTURE, wanted, TEXT, 90))
    assert read(tmp_path / "me").tobytes() == plain


def test_a_higher_quality_is_nearer_and_larger() -> None:
    for wanted in ("JPEG", "WEBP"):
        low, high = (encode(PICTURE, wanted, {}, quality) for quality in (30, 95))
        assert len(low) < len(high) and _off(low) > _off(high)
    assert _off(encode(PICTURE, "WEBP", {}, "lossless")) == _off(encode(PICTURE, "PNG", {}, 1)) == 0


def _off(data: bytes) -> float:
    with Image.open(io.BytesIO(data)) as image:
        return float(np.abs(np.asarray(image).astype(int) - LEVELS).mean())


@pytest.mark.parametrize(("wanted", "quality"), [("PNG", 95), ("WEBP", "lossless"), ("WEBP", 90)])
def test_transparency_is_kept_with_the_colours_below_it(wanted: str, quality: int | str) -> None:
    clear = PICTURE.copy()
    clear.putalpha(Image.linear_gradient("L").resize(PICTURE.size))
    with Image.open(io.BytesIO(encode(clear, wanted, TEXT, quality))) as image:
        assert image.mode == "RGBA" and image.getchannel("A").tobytes() == clear.getchannel("A").tobytes()
        if quality != 90:
            assert image.convert("RGB").tobytes() == PICTURE.tobytes()


def test_other_metadata_is_left_behind() -> None:
    picture = PICTURE.copy()
    picture.info = {"icc_profile": b"mine", "comment": b"mine", "exif": b"mine", "dpi": (7, 7)}
    for wanted in ("PNG", "JPEG", "WEBP"):
        assert encode(picture, wanted, TEXT, 90) == encode(PICTURE, wanted, TEXT, 90)


def test_a_text_without_room_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "me").write_bytes(encode(PICTURE, "JPEG", {**TEXT, "nst:spec": "x" * 70_000}, 90))
    assert text_in(tmp_path / "me") == {"Software": "nst 1", "nst:signature": "0123456789ab"}


def test_pictures_of_others_have_no_text(tmp_path: Path) -> None:
    exif = Image.Exif()
    for comment in (None, b"UNICODE\0x", b"ASCII\0\0\0no JSON", b"ASCII\0\0\0[1]"):
        if comment is not None:
            exif.get_ifd(0x8769)[0x9286] = comment
        PICTURE.save(tmp_path / "me.jpg", exif=exif.tobytes() if comment else b"")
        assert text_in(tmp_path / "me.jpg") == {}
    (tmp_path / "me.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF")
    with pytest.raises(OSError):
        text_in(tmp_path / "me.jpg")


# --- the opacity of what is read --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_the_opacity_of_a_file(mode: str, tmp_path: Path) -> None:
    image = Image.new("RGBA", (3, 2), (200, 100, 50, 255))
    image.putpixel((0, 0), (200, 100, 50, 0))
    path = tmp_path / "a.png"
    image.convert(mode).save(path)
    alpha = read_alpha(path, file_hash(path))
    assert alpha is not None and list(alpha.tobytes()) == [0, 255, 255, 255, 255, 255]
    assert read(path).getpixel((0, 0)) == (255, 255, 255)


def test_an_opaque_file_has_none(tmp_path: Path) -> None:
    for mode in ("RGB", "RGBA", "L", "I;16"):
        path = tmp_path / "a.png"
        (Image.new("RGBA", (3, 2)) if mode == "RGBA" else Image.new(mode, (3, 2))).save(path)
        if mode == "RGBA":
            Image.new("RGBA", (3, 2), (1, 2, 3, 255)).save(path)
        assert read_alpha(path, file_hash(path)) is None


def test_the_opacity_is_turned_with_the_picture(tmp_path: Path) -> None:
    image, exif, path = Image.new("RGBA", (3, 2), (9, 9, 9, 255)), Image.Exif(), tmp_path / "a.png"
    image.putpixel((0, 0), (9, 9, 9, 0))
    exif[274] = 6
    image.save(path, exif=exif)
    alpha = read_alpha(path, file_hash(path))
    assert alpha is not None and alpha.size == (2, 3) and list(alpha.tobytes()) == [255, 0, 255, 255, 255, 255]
